"""Masks of SemMAE as its published code samples them, written anew from a description of the algorithm.

All randomness is a list of uniform numbers that is read front to back: an integer below `bound` is floor(u * bound), and a
shuffle swaps the last entry with a random one, then the last but one, and so on.
Run: python3 make-published-semantic.py > published-semantic.json
"""

import json

import numpy as np


class Noise:
    def __init__(self, seed):
        self.generator = np.random.default_rng(seed)
        self.used = []

    def integer_below(self, bound):
        # 16 bits are enough and keep the file short; they are exact in decimal form.
        self.used.append(int(self.generator.integers(0, 65536)))
        return int(self.used[-1] / 65536 * bound)

    def shuffled(self, values):
        values = list(values)
        for last in range(len(values) - 1, 0, -1):
            other = self.integer_below(last + 1)
            values[last], values[other] = values[other], values[last]
        return values


def sample(seed, sizes, ratio, epoch):
    """`sizes` maps part ids to their numbers of patches."""
    patches = sum(sizes.values())
    labels = np.random.default_rng(1000 + seed).permutation(np.repeat(list(sizes), list(sizes.values())))
    noise = Noise(seed)
    tokens = noise.shuffled(range(patches))
    order = noise.shuffled(sorted(sizes))

    weight = 1 - ((epoch + 1) / 800) ** 2  # of the same share of every part
    same_share = {part: round(ratio * size) for part, size in sizes.items()}  # Python rounds halves to even
    whole_parts, budget = {}, int(ratio * patches)
    for part in order:
        whole_parts[part] = min(sizes[part], max(0, budget))
        budget -= sizes[part]
    quota = {part: round(weight * same_share[part] + (1 - weight) * whole_parts[part]) for part in sizes}

    marks, used = [], dict.fromkeys(sizes, 0)
    for token in tokens:
        part = int(labels[token])
        marks.append(1 if used[part] < quota[part] else 0)
        used[part] += 1
    kept = int(patches * (1 - ratio))
    by_mark = np.argsort(marks, kind="stable")
    return {
        "parts": labels.tolist(),
        "maskRatio": ratio,
        "epoch": epoch,
        "noise": noise.used,
        "quota": sum(quota.values()),
        "masked": sorted(tokens[place] for place in by_mark[kept:]),
    }


mixed = dict(enumerate([40, 30, 26, 50, 20, 10, 20]))
large = dict(enumerate([30, 30, 30, 30, 30, 23, 23]))
growing = dict(zip([0, 7, 17, 100, 128, 200, 255], [2, 6, 10, 14, 18, 22, 124]))
small = {1: 5, 4: 31, 9: 17, 30: 24}
cases = [
    sample(1, mixed, 0.75, 0),
    sample(2, mixed, 0.75, 399),
    sample(3, mixed, 0.6, 565),
    sample(4, mixed, 0.75, 799),
    sample(5, large, 0.75, 0),
    sample(6, large, 0.75, 692),
    sample(7, growing, 0.6, 565),
    sample(8, growing, 0.75, 799),
    sample(9, small, 0.75, 100),
    sample(10, small, 0.9, 565),
    sample(11, small, 0.3, 700),
]
print(json.dumps(cases, separators=(",", ":")))
