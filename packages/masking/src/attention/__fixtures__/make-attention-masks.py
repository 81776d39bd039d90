"""Writes attention-masks.json: AttMask and MST on replayed noise. Run in this folder: python3 make-attention-masks.py

Written from the descriptions of the algorithms; a sort where the TypeScript selects. Scores have ties, lower index first.
"""
import json
import sys

import numpy as np

sys.path.insert(0, "../../__fixtures__")
from replayed_noise import ReplayedNoise, hex_of  # noqa: E402


def scores_of(noise, patches):
    return np.array([int(64 * noise.uniform()) / 64 for _ in range(patches)])


def attmask(noise, scores, ratio, mode, pool, shown):
    """scores [B, N]. A ratio and a share of hints for the batch, a coin at 1/2 for each image."""
    batch, patches = scores.shape
    r = noise.between(*ratio)
    is_masked = [noise.uniform() < 0.5 for _ in range(batch)]
    s = pool * noise.between(*shown) if mode == "hint" else 0
    masks = np.zeros((batch, patches), dtype=int)
    for image in range(batch):
        if not is_masked[image]:
            continue
        by_falling_score = np.argsort(-scores[image], kind="stable")
        by_rising_score = np.argsort(scores[image], kind="stable")
        order = by_rising_score if mode == "low" else by_falling_score
        masks[image, order[: int(patches * r)]] = 1
        candidates = sorted(by_falling_score[: int(patches * pool)])
        for _ in range(int(s * patches)):
            drawn = noise.integer(len(candidates))
            masks[image, candidates[drawn]] = 0
            candidates[drawn] = candidates[-1]
            candidates.pop()
    return masks


def mst(noise, scores, fraction, probability):
    masks = np.zeros(scores.shape, dtype=int)
    for image, of_image in enumerate(scores):
        for patch in sorted(np.argsort(of_image, kind="stable")[: int(fraction * len(of_image))]):
            masks[image, patch] = noise.uniform() < probability
    return masks


def case(sampler, seed, batch, patches, *settings):
    noise = ReplayedNoise(seed)
    scores = np.array([scores_of(noise, patches) for _ in range(batch)])
    masks = sampler(noise, scores, *settings)
    return {"seed": seed, "settings": [batch, patches, *settings], "hidden": [hex_of(mask) for mask in masks]}


recipes = [
    [7, 196, [0.1, 0.5], "high", 0.1, [0.1, 0.5]],
    [7, 196, [0.1, 0.5], "low", 0.1, [0.1, 0.5]],
    [7, 196, [0.1, 0.5], "hint", 0.1, [0.1, 0.5]],
    # Fewer hidden patches than the pool holds: some hints were never hidden.
    [5, 77, [0.05, 0.15], "hint", 0.3, [0.4, 0.9]],
]
with open("attention-masks.json", "w") as file:
    json.dump(
        {
            "attmask": [case(attmask, 100 * i + seed, *recipe) for i, recipe in enumerate(recipes) for seed in range(1, 7)],
            "mst": [case(mst, 500 + seed, 5, 77, 0.4, 0.3) for seed in range(4)],
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
