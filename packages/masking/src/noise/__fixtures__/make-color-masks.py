"""Writes color-masks.json: filtered noise and masks of ColorMAE on replayed noise. Run here: python3 make-color-masks.py

Masks are written from the description of the published selection. The filters are Gaussian convolutions by scipy: nobody has
published the generator.
"""
import json
import sys

import numpy as np
from scipy.ndimage import gaussian_filter

sys.path.insert(0, "../../__fixtures__")
from replayed_noise import ReplayedNoise, hex_of  # noqa: E402


def blur(white, sigma):
    return gaussian_filter(white, sigma, mode="wrap", truncate=4)


def filtered(seed, rows, columns, color, sigmas):
    noise = ReplayedNoise(seed)
    white = np.array([noise.normal() for _ in range(rows * columns)]).reshape(rows, columns)
    blurs = [blur(white, sigma) for sigma in sigmas]
    value = {
        "white": lambda: white,
        "red": lambda: blurs[0],
        "blue": lambda: white - blurs[0],
        "green": lambda: blurs[0] - blurs[1],
        "purple": lambda: white - (blurs[0] - blurs[1]),
    }[color]()
    return {
        "seed": seed,
        "settings": [rows, columns, color, sigmas],
        "noise": [round(float(v), 7) for v in value.flatten()],
    }


def bank_of(noise, maps, rows, columns):
    """Values with ties, exact in single precision."""
    return np.array([int(100 * noise.uniform()) for _ in range(maps * rows * columns)]).reshape(maps, rows, columns) + 1.0


def published_batch(seed, maps, map_side, grid_side, batch, ratio):
    noise = ReplayedNoise(seed)
    bank = bank_of(noise, maps, *map_side)
    rows, columns = grid_side
    top, left = noise.integer(map_side[0] - rows + 1), noise.integer(map_side[1] - columns + 1)
    crops = bank[:batch, top : top + rows, left : left + columns]
    if noise.integer(2):
        crops = crops[:, ::-1, :]
    if noise.integer(2):
        crops = crops[:, :, ::-1]
    flat = crops.reshape(batch, -1)
    flat = flat / flat.max(axis=1, keepdims=True)
    keep = int(rows * columns * (1 - ratio))
    masks = np.ones_like(flat)
    for image in range(batch):
        masks[image, np.argsort(-flat[image], kind="stable")[:keep]] = 0
    return {
        "seed": seed,
        "settings": [maps, map_side, grid_side, batch, ratio],
        "hidden": [hex_of(mask) for mask in masks],
    }


with open("color-masks.json", "w") as file:
    json.dump(
        {
            "noise": [
                filtered(1, 7, 11, "white", []),
                filtered(2, 7, 11, "red", [2]),
                filtered(3, 11, 7, "red", [3]),  # the kernel is wider than the map
                filtered(4, 7, 11, "blue", [1]),
                filtered(5, 13, 11, "green", [1, 2]),
                filtered(6, 13, 11, "purple", [0.5, 1]),
            ],
            "published": [published_batch(10 + seed, 7, [17, 19], [14, 14], 5, 0.75) for seed in range(4)]
            + [published_batch(20 + seed, 5, [7, 23], [5, 11], 3, 0.6) for seed in range(4)],
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
