"""Writes ratio-masks.json: batches of iBOT and DINOv2 on replayed noise. Run in this folder: python3 make-ratio-masks.py

Written from the descriptions of the algorithms. The ratios of a batch are drawn before its masks; the published loaders
draw image by image, which is the same law.
"""
import json
import math
import sys

import numpy as np

sys.path.insert(0, "../../__fixtures__")
from replayed_noise import ReplayedNoise, hex_of  # noqa: E402

RECIPE = [[0.0, 0.0], [0.3, 0.2]]


def ibot_ratio(noise, pairs):
    draws = [noise.between(ratio - variation, ratio + variation) for ratio, variation in pairs]
    return draws[noise.integer(len(draws))]


def ibot_block(noise, rows, columns, ratio):
    """Rectangles until the fractional target is reached, or until ten tries in a row fail."""
    target = ratio * rows * columns
    smallest = (min(rows, columns) // 3) ** 2
    mask = np.zeros((rows, columns), dtype=int)
    while mask.sum() < target:
        left_over = target - mask.sum()
        for _ in range(10):
            area = noise.between(smallest, left_over)
            shape = math.exp(noise.between(math.log(0.3), -math.log(0.3)))
            height, width = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
            if height >= rows or width >= columns:
                continue
            top, left = noise.integer(rows - height + 1), noise.integer(columns - width + 1)
            window = mask[top : top + height, left : left + width]
            if 0 < height * width - window.sum() <= left_over:
                window[:] = 1
                break
        else:
            break
    return mask


def ibot_batch(seed, batch, rows, columns, pairs):
    noise = ReplayedNoise(seed)
    ratios = [ibot_ratio(noise, pairs) for _ in range(batch)]
    # A ratio below one patch hides nothing, whatever the tries.
    masks = [
        ibot_block(noise, rows, columns, ratio) if ratio * rows * columns >= 1 else np.zeros((rows, columns))
        for ratio in ratios
    ]
    return {
        "seed": seed,
        "settings": [batch, rows, columns, pairs],
        "ratios": ratios,
        "blocks": [hex_of(mask) for mask in masks],
        "randomCounts": [int(ratio * rows * columns) for ratio in ratios],
    }


def dinov2_batch(seed, batch, patches, least, most, share):
    """As many masked images as the share says, one ratio from each part of a linspace, all shuffled."""
    noise = ReplayedNoise(seed)
    masked_images = int(batch * share)
    edges = np.linspace(least, most, masked_images + 1)
    ratios = [noise.between(low, high) for low, high in zip(edges, edges[1:])]
    ratios += [0.0] * (batch - masked_images)
    for last in range(batch - 1, 0, -1):
        other = noise.integer(last + 1)
        ratios[last], ratios[other] = ratios[other], ratios[last]
    return {
        "seed": seed,
        "settings": [batch, patches, least, most, share],
        "ratios": ratios,
        "counts": [int(patches * ratio) for ratio in ratios],
    }


with open("ratio-masks.json", "w") as file:
    json.dump(
        {
            "ibot": [ibot_batch(seed, 23, 14, 14, RECIPE) for seed in range(1, 5)]
            + [ibot_batch(seed, 13, 7, 11, [[0.5, 0.3], [0.2, 0.1], [0.0, 0.0]]) for seed in range(11, 15)],
            "dinov2": [dinov2_batch(seed, 31, 196, 0.1, 0.5, 0.5) for seed in range(21, 25)]
            + [dinov2_batch(seed, 7, 77, 0.3, 0.9, 0.77) for seed in range(31, 34)],
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
