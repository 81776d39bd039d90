"""Writes regions.json: patterns and crops of the Context Encoder on replayed noise. Run in this folder: python3 make-regions.py

Written from the description of the algorithm; the interpolation is also checked against Pillow's, away from the edges.
"""
import json
import math
import sys

import numpy as np
from PIL import Image

sys.path.insert(0, "../../__fixtures__")
from replayed_noise import ReplayedNoise, hex_of  # noqa: E402


def weight(offset, a=-0.5):
    x = abs(offset)
    if x <= 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    if x < 2:
        return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
    return 0


def enlargement(places, cells, cell_side):
    """[places, cells] the weight of each cell in each place."""
    matrix = np.zeros((places, cells))
    for place in range(places):
        position = (place + 0.5) / cell_side - 0.5
        for cell in range(math.floor(position) - 1, math.floor(position) + 3):
            matrix[place, min(max(cell, 0), cells - 1)] += weight(position - cell)
    return matrix


def pattern(noise, rows, columns, cells, grids):
    height, width = rows * grids, columns * grids
    side = math.sqrt(rows * columns) / cells
    low = [[noise.uniform() for _ in range(math.ceil(width / side))] for _ in range(math.ceil(height / side))]
    low = np.array(low)
    high = enlargement(height, low.shape[0], side) @ low @ enlargement(width, low.shape[1], side).T
    if side >= 1:  # Pillow smooths when it shrinks
        image = Image.fromarray(low.astype(np.float32))
        pillow = np.array(image.resize((width, height), Image.BICUBIC, box=(0, 0, width / side, height / side)))
        edge = math.ceil(2 * side)
        assert np.abs(pillow - high)[edge:-edge, edge:-edge].max() < 1e-4
    return high


def region(noise, masked, rows, columns, least, most):
    while True:
        top = noise.integer(masked.shape[0] - rows + 1)
        left = noise.integer(masked.shape[1] - columns + 1)
        crop = masked[top : top + rows, left : left + columns]
        if least < crop.sum() / crop.size < most:
            return crop


def case(seed, rows, columns, cells, grids):
    values = pattern(ReplayedNoise(seed), rows, columns, cells, grids)
    masked = (values < 0.25).astype(int)
    crops = [hex_of(region(ReplayedNoise(crop), masked, rows, columns, 0.2, 0.3)) for crop in range(1, 11)]
    settings = {"rows": rows, "columns": columns, "cells": cells, "patternGrids": grids}
    return {"seed": seed, **settings, "everyTenth": [round(v, 5) for v in values.flatten()[::10]], "masked": hex_of(masked), "crops": crops}


with open("regions.json", "w") as file:
    cases = [case(1, 14, 14, 7.68, 5), case(2, 7, 11, 4, 6), case(3, 17, 13, 6, 4), case(4, 5, 5, 7.68, 9)]
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
