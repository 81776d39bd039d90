"""ADIOS with a linear encoder and linear masks, written from its formulas in PyTorch (float64): losses, gradients, rounds of the game.

Run: python3 make_torch_reference.py > torch-reference.json
"""

import json
import math

import torch

torch.set_default_dtype(torch.float64)
B, H, W, C, N, D = 5, 2, 3, 3, 4, 7  # images, pixels, colours, masks, embedding
TEMPERATURE, ALPHA, MOMENTUM, ROUNDS = 0.2, 0.7, 0.9, 3
ENCODER_RATE, MASK_RATE = 0.05, 0.1


def fixed(seed, *shape):
    """Numbers that need no file: sines of the index."""
    index = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin((index + 1) * (seed + 0.5)).reshape(shape)


def nt_xent(a, b):
    z = torch.nn.functional.normalize(torch.cat([a, b]), dim=1)
    logits = z @ z.T / TEMPERATURE
    logits.fill_diagonal_(-math.inf)
    target = torch.cat([torch.arange(len(a)) + len(a), torch.arange(len(a))])
    return torch.nn.functional.cross_entropy(logits, target)


def penalty(masks):
    share = masks.mean(dim=(1, 2))  # [B, N]
    return (1 / (torch.sin(math.pi * share) + 1e-10)).mean(0).sum()


def embed(images, kernel):
    return images.flatten(1) @ kernel


def propose(images, colours, places):
    return torch.softmax(images @ colours + places, dim=-1)  # [B, H, W, N]


def siamese(first, second, masks, kernel):
    whole = embed(first, kernel)
    return sum(nt_xent(whole, embed(second * (1 - masks[..., n : n + 1]), kernel)) for n in range(N))


def players():
    return [(0.3 * fixed(seed, *shape)).requires_grad_() for seed, shape in ((1, (H * W * C, D)), (2, (C, N)), (3, (H, W, N)))]


def flat(*tensors):
    return [t.detach().flatten().tolist() for t in tensors]


def gradients():
    kernel, colours, places = players()
    first, second = fixed(4, B, H, W, C), fixed(5, B, H, W, C)
    masks = propose(second, colours, places)
    encoder_loss = siamese(first, second, masks.detach(), kernel)
    encoder_loss.backward()
    mask_loss = -(siamese(first, second, masks, kernel.detach()) - ALPHA * penalty(masks))
    mask_loss.backward()
    return {
        "encoderLoss": encoder_loss.item(),
        "maskLoss": mask_loss.item(),
        "penalty": penalty(masks).item(),
        "gradients": flat(kernel.grad, colours.grad, places.grad),
    }


def game():
    """Rounds of the game: encoder first, then masks against the new encoder."""
    kernel, colours, places = players()
    encoder = torch.optim.SGD([kernel], lr=ENCODER_RATE, momentum=MOMENTUM)
    adversary = torch.optim.SGD([colours, places], lr=MASK_RATE, momentum=MOMENTUM)
    losses = []
    for round in range(ROUNDS):
        first, second = fixed(10 + 2 * round, B, H, W, C), fixed(11 + 2 * round, B, H, W, C)
        loss = siamese(first, second, propose(second, colours, places).detach(), kernel)
        encoder.zero_grad()
        loss.backward()
        encoder.step()
        masks = propose(second, colours, places)
        against = -(siamese(first, second, masks, kernel.detach()) - ALPHA * penalty(masks))
        adversary.zero_grad()
        against.backward()
        adversary.step()
        losses.append([loss.item(), against.item()])
    return {"losses": losses, "weights": flat(kernel, colours, places)}


a, b = fixed(6, B, D), fixed(7, B, D)
print(json.dumps({"contrast": nt_xent(a, b).item(), "oneRound": gradients(), "game": game()}))
