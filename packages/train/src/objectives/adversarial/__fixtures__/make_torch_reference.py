"""ADIOS with a linear encoder and linear masks, written from its formulas in PyTorch (float64): losses, gradients, rounds of the game,
against SimCLR's loss and against BYOL's with its target.

Run: python3 make_torch_reference.py > torch-reference.json
"""

import json
import math

import torch

torch.set_default_dtype(torch.float64)
B, H, W, C, N, D = 5, 2, 3, 3, 4, 7  # images, pixels, colors, masks, embedding
TEMPERATURE, ALPHA, MOMENTUM, ROUNDS = 0.2, 0.7, 0.9, 3
ENCODER_RATE, MASK_RATE = 0.05, 0.1
HIDDEN, TAU_START, TAU_END = 11, 0.6, 0.9  # of BYOL's predictor; of its target


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


def propose(images, colors, places):
    return torch.softmax(images @ colors + places, dim=-1)  # [B, H, W, N]


def siamese(first, second, masks, kernel):
    whole = embed(first, kernel)
    return sum(nt_xent(whole, embed(second * (1 - masks[..., n : n + 1]), kernel)) for n in range(N))


def players():
    return [(0.3 * fixed(seed, *shape)).requires_grad_() for seed, shape in ((1, (H * W * C, D)), (2, (C, N)), (3, (H, W, N)))]


def flat(*tensors):
    return [t.detach().flatten().tolist() for t in tensors]


def gradients():
    kernel, colors, places = players()
    first, second = fixed(4, B, H, W, C), fixed(5, B, H, W, C)
    masks = propose(second, colors, places)
    encoder_loss = siamese(first, second, masks.detach(), kernel)
    encoder_loss.backward()
    mask_loss = -(siamese(first, second, masks, kernel.detach()) - ALPHA * penalty(masks))
    mask_loss.backward()
    return {
        "encoderLoss": encoder_loss.item(),
        "maskLoss": mask_loss.item(),
        "penalty": penalty(masks).item(),
        "gradients": flat(kernel.grad, colors.grad, places.grad),
    }


def game():
    """Rounds of the game: encoder first, then masks against the new encoder."""
    kernel, colors, places = players()
    encoder = torch.optim.SGD([kernel], lr=ENCODER_RATE, momentum=MOMENTUM)
    adversary = torch.optim.SGD([colors, places], lr=MASK_RATE, momentum=MOMENTUM)
    losses = []
    for round in range(ROUNDS):
        first, second = fixed(10 + 2 * round, B, H, W, C), fixed(11 + 2 * round, B, H, W, C)
        loss = siamese(first, second, propose(second, colors, places).detach(), kernel)
        encoder.zero_grad()
        loss.backward()
        encoder.step()
        masks = propose(second, colors, places)
        against = -(siamese(first, second, masks, kernel.detach()) - ALPHA * penalty(masks))
        adversary.zero_grad()
        against.backward()
        adversary.step()
        losses.append([loss.item(), against.item()])
    return {"losses": losses, "weights": flat(kernel, colors, places)}


def predictor():
    """Kernel, bias, kernel, bias."""
    shapes = ((D, HIDDEN), (HIDDEN,), (HIDDEN, D), (D,))
    return [(0.3 * fixed(30 + place, *shape)).requires_grad_() for place, shape in enumerate(shapes)]


def predict(z, weights):
    kernel, bias, last, last_bias = weights
    return torch.relu(z @ kernel + bias) @ last + last_bias


def bootstrap(a, b, target_a, target_b, weights):
    """Eq. 2 of BYOL in both directions: the mean squared distance of normalized predictions and targets."""
    unit = lambda z: torch.nn.functional.normalize(z, dim=1)
    one = (unit(predict(a, weights)) - unit(target_b.detach())).square().sum(1)
    other = (unit(predict(b, weights)) - unit(target_a.detach())).square().sum(1)
    return (one + other).mean()


def siamese_byol(first, second, masks, kernel, weights, target):
    total = 0
    for n in range(N):
        hidden = second * (1 - masks[..., n : n + 1])
        views = embed(first, kernel), embed(hidden, kernel), embed(first, target), embed(hidden, target)
        total = total + bootstrap(*views, weights)
    return total


def byol_gradients():
    kernel, colors, places = players()
    weights, target = predictor(), 0.4 * fixed(8, H * W * C, D)
    first, second = fixed(4, B, H, W, C), fixed(5, B, H, W, C)
    masks = propose(second, colors, places)
    encoder_loss = siamese_byol(first, second, masks.detach(), kernel, weights, target)
    encoder_loss.backward()
    still = [weight.detach() for weight in weights]
    mask_loss = -(siamese_byol(first, second, masks, kernel.detach(), still, target) - ALPHA * penalty(masks))
    mask_loss.backward()
    return {
        "encoderLoss": encoder_loss.item(),
        "maskLoss": mask_loss.item(),
        "gradients": flat(kernel.grad, *(weight.grad for weight in weights), colors.grad, places.grad),
    }


def byol_game():
    """Encoder, then its target, then masks against both as they now are."""
    kernel, colors, places = players()
    weights, target = predictor(), kernel.detach().clone()
    encoder = torch.optim.SGD([kernel, *weights], lr=ENCODER_RATE, momentum=MOMENTUM)
    adversary = torch.optim.SGD([colors, places], lr=MASK_RATE, momentum=MOMENTUM)
    losses = []
    for k in range(ROUNDS):
        first, second = fixed(10 + 2 * k, B, H, W, C), fixed(11 + 2 * k, B, H, W, C)
        loss = siamese_byol(first, second, propose(second, colors, places).detach(), kernel, weights, target)
        encoder.zero_grad()
        loss.backward()
        encoder.step()
        tau = TAU_END - (TAU_END - TAU_START) * (math.cos(math.pi * k / ROUNDS) + 1) / 2
        target = tau * target + (1 - tau) * kernel.detach()
        masks = propose(second, colors, places)
        still = [weight.detach() for weight in weights]
        against = -(siamese_byol(first, second, masks, kernel.detach(), still, target) - ALPHA * penalty(masks))
        adversary.zero_grad()
        against.backward()
        adversary.step()
        losses.append([loss.item(), against.item()])
    return {"losses": losses, "weights": flat(kernel, *weights, colors, places, target)}


a, b, c, d = (fixed(seed, B, D) for seed in (6, 7, 8, 9))
reference = {
    "contrast": nt_xent(a, b).item(),
    "oneRound": gradients(),
    "game": game(),
    "byol": {"loss": bootstrap(a, b, c, d, predictor()).item(), "oneRound": byol_gradients(), "game": byol_game()},
}
print(json.dumps(reference))
