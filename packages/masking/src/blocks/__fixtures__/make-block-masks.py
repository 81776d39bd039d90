"""Writes block-masks.json: masks of BEiT (v1, v2) and SimMIM on replayed noise. Run in this folder: python3 make-block-masks.py

Written from the descriptions of the algorithms, mask by mask and slowly, on purpose unlike the TypeScript.
"""
import json
import math
import sys

import numpy as np

sys.path.insert(0, "../../__fixtures__")
from replayed_noise import ReplayedNoise, hex_of  # noqa: E402


def beit_v1(noise, rows, columns, target, smallest, largest=None, aspect=0.3):
    mask = np.zeros((rows, columns), dtype=int)
    while mask.sum() < target:
        most = min(target - mask.sum(), largest or target)
        for _ in range(10):
            area = noise.between(smallest, most)
            shape = math.exp(noise.between(math.log(aspect), -math.log(aspect)))
            height = round(math.sqrt(area * shape))  # Python rounds halves to even
            width = round(math.sqrt(area / shape))
            if height >= rows or width >= columns:
                continue
            top = noise.integer(rows - height + 1)
            left = noise.integer(columns - width + 1)
            window = mask[top : top + height, left : left + width]
            added = height * width - window.sum()
            if 0 < added <= most:
                window[:] = 1
                break
        else:
            break  # ten tries in vain: the mask stays short
    return mask


def beit_v2(noise, rows, columns, target, *shape):
    flat = beit_v1(noise, rows, columns, target, *shape).flatten()
    if flat.sum() < target:
        shown = np.flatnonzero(flat == 0)
        flat[shown[noise.sample(len(shown), target - flat.sum())]] = 1
    if flat.sum() > target:
        masked = np.flatnonzero(flat)
        flat[masked[noise.sample(len(masked), flat.sum() - target)]] = 0
    assert flat.sum() == target
    return flat.reshape(rows, columns)


def simmim(noise, image, unit, patch, ratio):
    assert image % unit == 0 and unit % patch == 0
    side = image // unit
    units = np.zeros(side * side, dtype=int)
    units[noise.sample(side * side, math.ceil(side * side * ratio))] = 1
    return np.kron(units.reshape(side, side), np.ones((unit // patch, unit // patch), dtype=int))


def cases(sampler, settings, seeds):
    return [
        {"seed": seed, "settings": setting, "hidden": hex_of(sampler(ReplayedNoise(seed), *setting))}
        for setting in settings
        for seed in seeds
    ]


blocks = [[14, 14, 75, 16], [14, 14, 75, 4], [14, 14, 147, 16], [14, 14, 177, 4], [14, 14, 75, 16, 23], [7, 11, 31, 5], [13, 5, 60, 3, 7, 0.6]]
with open("block-masks.json", "w") as file:
    json.dump(
        {
            "beit-v1": cases(beit_v1, blocks, range(1, 41)),
            "beit-v2": cases(beit_v2, blocks, range(101, 131)),
            "simmim": cases(simmim, [[192, 32, 4, 0.6], [224, 32, 16, 0.6], [192, 64, 32, 0.6]], range(1, 6)),
        },
        file,
        indent=None,
        separators=(",", ":"),
    )
    file.write("\n")
