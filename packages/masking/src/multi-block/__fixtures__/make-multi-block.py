"""Blocks of I-JEPA as its published sampler places them, written anew from a description of the algorithm.

All randomness is a list of uniform numbers that is read front to back; an integer below `bound` is floor(u * bound).
Run: python3 make-multi-block.py > multi-block.json
"""

import json
import math

import numpy as np


class Noise:
    def __init__(self, seed):
        self.generator = np.random.default_rng(seed)
        self.used = []

    def uniform(self):
        # 16 bits are enough and keep the file short; they are exact in decimal form.
        self.used.append(int(self.generator.integers(0, 65536)))
        return self.used[-1] / 65536

    def integer_below(self, bound):
        return int(self.uniform() * bound)


def size_of_block(noise, rows, columns, scale, aspect):
    u = noise.uniform()  # one draw for both
    area = int(rows * columns * (scale[0] + u * (scale[1] - scale[0])))
    ratio = aspect[0] + u * (aspect[1] - aspect[0])
    height = round(math.sqrt(area * ratio))  # Python rounds halves to even
    width = round(math.sqrt(area / ratio))
    while height >= rows:
        height -= 1
    while width >= columns:
        width -= 1
    return height, width


def place(noise, rows, columns, size):
    top = noise.integer_below(rows - size[0])  # excludes the last place
    left = noise.integer_below(columns - size[1])
    block = np.zeros((rows, columns), bool)
    block[top : top + size[0], left : left + size[1]] = True
    return block


def context_beside(noise, rows, columns, size, targets, minimum_kept):
    forbidden = list(targets)
    while True:
        for _ in range(20):
            block = place(noise, rows, columns, size)
            for target in forbidden:
                block &= ~target
            if block.sum() > minimum_kept:
                return block
        forbidden.pop()


def sample(seed, rows, columns, batch, target_scale, target_aspect, target_blocks, context_scale, minimum_kept):
    noise = Noise(seed)
    target_size = size_of_block(noise, rows, columns, target_scale, target_aspect)
    context_size = size_of_block(noise, rows, columns, context_scale, (1.0, 1.0))
    targets, contexts = [], []
    for _ in range(batch):
        placed = [place(noise, rows, columns, target_size) for _ in range(target_blocks)]
        contexts.append(context_beside(noise, rows, columns, context_size, placed, minimum_kept))
        targets.append([np.flatnonzero(block).tolist() for block in placed])
    shortest = min(int(context.sum()) for context in contexts)
    return {
        "rows": rows,
        "columns": columns,
        "batchSize": batch,
        "options": {
            "targetScale": target_scale,
            "targetAspect": target_aspect,
            "targetBlocks": target_blocks,
            "contextScale": context_scale,
            "minimumKept": minimum_kept,
        },
        "noise": noise.used,
        "context": [np.flatnonzero(context)[:shortest].tolist() for context in contexts],
        "targets": targets,
    }


published = dict(target_scale=(0.15, 0.2), target_aspect=(0.75, 1.5), target_blocks=4, context_scale=(0.85, 1.0))
by_class = dict(target_scale=(0.2, 0.8), target_aspect=(0.3, 3.0), target_blocks=2, context_scale=(0.2, 0.8))
cases = [
    sample(1, 14, 14, 5, minimum_kept=10, **published),
    sample(2, 16, 16, 3, minimum_kept=10, **published),
    sample(3, 7, 11, 5, minimum_kept=4, **by_class),
    sample(4, 11, 7, 5, minimum_kept=4, **by_class),
    # Targets that leave too little: they are let into the context one after the other.
    sample(5, 5, 7, 3, target_scale=(0.6, 0.7), target_aspect=(0.7, 0.8), target_blocks=3, context_scale=(0.3, 0.4), minimum_kept=5),
]
print(json.dumps(cases, separators=(",", ":")))
