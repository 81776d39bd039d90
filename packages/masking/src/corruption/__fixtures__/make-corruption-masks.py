"""Writes corruption-masks.json: masks of SiT / GMML on replayed noise. Run in this folder: python3 make-corruption-masks.py

Written from the description of the algorithm, in pixels throughout, on purpose unlike the TypeScript.
"""
import json
import sys

import numpy as np

sys.path.insert(0, "../../__fixtures__")
from replayed_noise import ReplayedNoise, hex_of  # noqa: E402


def sit(noise, height, width, align, ratio):
    mask = np.zeros((height, width), dtype=int)
    target = noise.between(min(0.5, ratio), ratio) * height * width
    while mask.sum() < target:
        top = noise.integer(height - align) // align * align
        left = noise.integer(width - align) // align * align
        rows = min(align + noise.integer(int(0.3 * height) - align), height - top)
        columns = min(align + noise.integer(int(0.3 * width) - align), width - left)
        rows = round(rows / align) * align  # Python rounds halves to even
        columns = round(columns / align) * align
        mask[top : top + rows, left : left + columns] = 1
    return mask


def case(seed, setting):
    align = setting[2]
    mask = sit(ReplayedNoise(seed), *setting)
    tiles = mask[::align, ::align]
    assert (np.kron(tiles, np.ones((align, align), dtype=int)) == mask).all()
    return {"seed": seed, "settings": setting, "hidden": hex_of(tiles)}


settings = [[224, 224, 16, 0.5], [224, 224, 16, 0.3], [224, 224, 16, 0.8], [176, 112, 16, 0.5], [42, 30, 6, 0.6], [29, 41, 1, 0.5]]
with open("corruption-masks.json", "w") as file:
    json.dump([case(seed, setting) for setting in settings for seed in range(1, 21)], file, separators=(",", ":"))
    file.write("\n")
