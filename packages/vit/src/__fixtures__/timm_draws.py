"""Pseudo-random numbers that tests draw again, and how results are stored."""

import torch


def draw(name, shape):
    """Uniform in [-1, 1): a linear congruential generator that the name seeds."""
    state = 0
    for character in name:
        state = (state * 31 + ord(character)) % 2**32
    values = []
    for _ in range(int(torch.Size(shape).numel())):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state / 2**31 - 1)
    return torch.tensor(values, dtype=torch.float64).reshape(shape).float()


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.flatten().tolist()]
