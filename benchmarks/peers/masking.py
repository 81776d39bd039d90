"""Masks of a batch in PyTorch: the peer of benchmarks/masking.ts, the same algorithms on all images of the batch at once.

Install: pip install torch (2.15 was measured; the CPU build is enough). Written from the papers and from packages/masking. Every case gives
visible [B, K], masked [B, M] and restore [B, N]. Where several vectorized forms come to mind all run and the fastest counts; where
the published sampler is a Python loop over images, that loop is measured besides (`loops`).
"""

import argparse
import json
import math
import random
import statistics
import sys
import time

try:
    import torch
except ImportError as error:
    print(f"masking.py: skipped, {error}; pip install torch", file=sys.stderr)
    sys.exit(3)

B = 256
PARTS = 7
DRAWS_PER_BLOCK = 10


def arrays_of(hidden):
    """hidden [B, N] bool, equal counts → visible, masked, restore, without a sort."""
    batch, count = hidden.shape
    shown = ~hidden
    visible = shown.nonzero()[:, 1].view(batch, -1)
    masked = hidden.nonzero()[:, 1].view(batch, -1)
    after = hidden.cumsum(1) + (visible.shape[1] - 1)
    return visible, masked, torch.where(hidden, after, shown.cumsum(1) - 1)


def padded_arrays_of(hidden):
    """The same for unequal counts; shorter rows are padded."""
    counts = hidden.sum(1, keepdim=True)
    order = hidden.to(torch.uint8).argsort(dim=1, stable=True)  # visible first, ascending
    restore = torch.empty_like(order).scatter_(1, order, torch.arange(hidden.shape[1]).expand_as(order))
    most_visible = hidden.shape[1] - int(counts.min())
    most_masked = int(counts.max())
    return order[:, :most_visible], order[:, hidden.shape[1] - most_masked :], restore


def marked(indices, count):
    return torch.zeros(indices.shape[0], count, dtype=torch.bool).scatter_(1, indices, True)


def highest(keys, count):
    return marked(keys.topk(count, 1, sorted=False).indices, keys.shape[1])


def masked_count(n, ratio):
    return n - int(n * (1 - ratio))


# --- random, grid, units


def random_by_argsort(n, ratio=0.75):
    """MAE's: two orders; its lists are not ascending."""
    order = torch.rand(B, n).argsort(1)
    restore = torch.empty_like(order).scatter_(1, order, torch.arange(n).expand(B, n))
    keep = n - masked_count(n, ratio)
    return order[:, :keep], order[:, keep:], restore


def random_by_topk(n):
    return arrays_of(highest(torch.rand(B, n), masked_count(n, 0.75)))


def grid_random(n):
    side = math.isqrt(n)
    place = torch.randint(4, (B, side // 2, side // 2))
    row, column = place >> 1, place & 1
    visible = (2 * torch.arange(side // 2)[:, None] + row) * side + 2 * torch.arange(side // 2) + column
    return arrays_of(~marked(visible.view(B, -1), n))


def units(n, unit=2):
    side = math.isqrt(n)
    small = side // unit
    hidden = highest(torch.rand(B, small * small), math.ceil(0.6 * small * small)).view(B, small, 1, small, 1)
    return arrays_of(hidden.expand(B, small, unit, small, unit).reshape(B, n))


# --- blocks: all images try one block at a time


def blocks(n, target, minimum=16.0, aspect=0.3):
    """[B, N] bool; `target` is a number or [B]."""
    side = math.isqrt(n)
    hidden = torch.zeros(B, side, side, dtype=torch.bool)
    places = torch.arange(side)
    missing = torch.as_tensor(target, dtype=torch.float32).expand(B).clone()
    failures = torch.zeros(B, dtype=torch.int64)
    log_aspect = math.log(aspect)
    while True:
        active = (missing > 0) & (failures < DRAWS_PER_BLOCK)
        if not active.any():
            return hidden.view(B, n)
        drawn = torch.rand(4, B)
        area = minimum + (missing - minimum) * drawn[0]
        ratio = torch.exp(log_aspect - 2 * log_aspect * drawn[1])
        height = (area * ratio).sqrt().round()
        width = (area / ratio).sqrt().round()
        fits = active & (height < side) & (width < side)
        top = (drawn[2] * (side - height + 1)).floor()
        left = (drawn[3] * (side - width + 1)).floor()
        inside_rows = (places >= top[:, None]) & (places < (top + height)[:, None])
        inside_columns = (places >= left[:, None]) & (places < (left + width)[:, None])
        block = inside_rows[:, :, None] & inside_columns[:, None, :] & ~hidden
        added = block.sum((1, 2))
        accepted = fits & (added > 0) & (added <= missing)
        hidden |= block & accepted[:, None, None]
        missing -= added * accepted
        failures = torch.where(accepted, 0, failures + 1)


def exact(hidden, count):
    """Random patches are hidden or shown until `count` are hidden."""
    return highest(hidden + torch.rand(hidden.shape), count)


def exact_each(hidden, counts):
    order = (hidden + torch.rand(hidden.shape)).argsort(1, descending=True)
    rank = torch.empty_like(order).scatter_(1, order, torch.arange(hidden.shape[1]).expand_as(order))
    return rank < counts[:, None]


def beit_count(n):
    return round(75 / 196 * n)


def block_loop(side, target, minimum=16, aspect=0.3):
    """One image as BEiT describes it: a loop over blocks and over patches."""
    hidden = [[0] * side for _ in range(side)]
    count = 0
    log_aspect = math.log(aspect)
    while count < target:
        most = target - count
        added = 0
        for _ in range(DRAWS_PER_BLOCK):
            area = random.uniform(minimum, most)
            ratio = math.exp(random.uniform(log_aspect, -log_aspect))
            height, width = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if height >= side or width >= side:
                continue
            top, left = random.randint(0, side - height), random.randint(0, side - width)
            already = sum(sum(row[left : left + width]) for row in hidden[top : top + height])
            if 0 < height * width - already <= most:
                for row in hidden[top : top + height]:
                    for column in range(left, left + width):
                        if row[column] == 0:
                            row[column] = 1
                            added += 1
                break
        if added == 0:
            break
        count += added
    return hidden, count


def exact_block_loop(side, target):
    hidden, count = block_loop(side, target)
    flat = [value for row in hidden for value in row]
    wrong = 1 if count > target else 0
    for patch in random.sample([p for p, value in enumerate(flat) if value == wrong], abs(target - count)):
        flat[patch] = 1 - wrong
    return flat


def looped_blocks(n, target):
    side = math.isqrt(n)
    return arrays_of(torch.tensor([exact_block_loop(side, target) for _ in range(B)], dtype=torch.bool))


def looped_beit_v1(n):
    side = math.isqrt(n)
    masks = [block_loop(side, beit_count(n))[0] for _ in range(B)]
    return padded_arrays_of(torch.tensor(masks, dtype=torch.bool).view(B, n))


def ibot_ratios():
    """Half of the images 0, the others U(0.1, 0.5)."""
    return torch.where(torch.rand(B) < 0.5, 0.0, 0.1 + 0.4 * torch.rand(B))


def ibot_block(n):
    counts = (ibot_ratios() * n).floor()
    least = float((math.isqrt(n) // 3) ** 2)
    return padded_arrays_of(exact_each(blocks(n, counts, least), counts))


def ibot_block_loop(n):
    side = math.isqrt(n)
    least = (side // 3) ** 2
    masks = []
    for _ in range(B):
        target = int(random.choice([0.0, random.uniform(0.1, 0.5)]) * n)
        hidden, count = block_loop(side, target, least)
        flat = [value for row in hidden for value in row]
        free = [patch for patch, value in enumerate(flat) if value == 0]
        for patch in random.sample(free, target - count):
            flat[patch] = 1
        masks.append(flat)
    return padded_arrays_of(torch.tensor(masks, dtype=torch.bool))


def ibot_random(n):
    return padded_arrays_of(exact_each(torch.zeros(B, n), (ibot_ratios() * n).floor()))


def rectangles(side, top, left, height, width):
    """[B, side, side] bool, one rectangle for each image."""
    places = torch.arange(side)
    rows = (places >= top[:, None]) & (places < (top + height)[:, None])
    columns = (places >= left[:, None]) & (places < (left + width)[:, None])
    return rows[:, :, None] & columns[:, None, :]


def below(bound, *shape):
    """Integers from 0 to bound - 1; `bound` may be a tensor."""
    return (torch.rand(*shape) * bound).long()


def gmml(n):
    side, target = math.isqrt(n), masked_count(n, 0.5)
    hidden = torch.zeros(B, side, side, dtype=torch.bool)
    while True:
        active = hidden.sum((1, 2)) < target
        if not active.any():
            return arrays_of(exact(hidden.view(B, n), target))
        size = 1 + below(max(1, int(0.3 * side)), 2, B)
        corner = below(side + size - 1, 2, B) - size + 1
        hidden |= rectangles(side, corner[0], corner[1], size[0], size[1]) & active[:, None, None]


def gmml_loop(n):
    side, target = math.isqrt(n), masked_count(n, 0.5)
    masks = []
    for _ in range(B):
        hidden = torch.zeros(side, side, dtype=torch.bool)
        while int(hidden.sum()) < target:
            height, width = random.randint(1, int(0.3 * side)), random.randint(1, int(0.3 * side))
            top, left = random.randint(1 - height, side - 1), random.randint(1 - width, side - 1)
            hidden[max(0, top) : top + height, max(0, left) : left + width] = True
        masks.append(hidden.view(n))
    return arrays_of(exact(torch.stack(masks), target))


def random_squares(n):
    side, target = math.isqrt(n), masked_count(n, 0.25)
    size = torch.full((B,), max(1, min(round(side / 4), int(math.sqrt(target)))))
    hidden = torch.zeros(B, side, side, dtype=torch.bool)
    missing = torch.full((B,), target)
    failures = torch.zeros(B, dtype=torch.int64)
    while True:
        active = (missing > 0) & (failures < DRAWS_PER_BLOCK)
        if not active.any():
            return arrays_of(exact(hidden.view(B, n), target))
        block = rectangles(side, below(side - size + 1, B), below(side - size + 1, B), size, size) & ~hidden
        added = block.sum((1, 2))
        accepted = active & (added > 0) & (added <= missing)
        hidden |= block & accepted[:, None, None]
        missing -= added * accepted
        failures = torch.where(accepted, 0, failures + 1)


def block_size(side, scale, aspect):
    area, ratio = int(side * side * random.uniform(*scale)), random.uniform(*aspect)
    return min(side, round(math.sqrt(area * ratio))), min(side, round(math.sqrt(area / ratio)))


def multi_block(n):
    """Targets and context of the batch; the context is cut to the shortest of the batch, at random."""
    side = math.isqrt(n)
    height, width = (torch.full((B,), length) for length in block_size(side, (0.15, 0.2), (0.75, 1.5)))
    rows, columns = (torch.full((B,), length) for length in block_size(side, (0.85, 1.0), (1.0, 1.0)))
    shown = torch.zeros(B, side, side, dtype=torch.bool)
    short = torch.ones(B, dtype=torch.bool)
    while short.any():
        place = lambda length: below(side - length + 1, B)
        drawn = rectangles(side, place(rows), place(columns), rows, columns)
        for _ in range(4):
            drawn &= ~rectangles(side, place(height), place(width), height, width)
        shown = torch.where(short[:, None, None], drawn, shown)
        short = shown.sum((1, 2)) <= 10
    shown = shown.view(B, n)
    return arrays_of(~exact(shown, int(shown.sum(1).min())))


def multi_block_loop(n):
    side = math.isqrt(n)
    height, width = block_size(side, (0.15, 0.2), (0.75, 1.5))
    rows, columns = block_size(side, (0.85, 1.0), (1.0, 1.0))
    contexts = []
    for _ in range(B):
        shown = torch.zeros(side, side, dtype=torch.bool)
        while int(shown.sum()) <= 10:
            shown = torch.zeros(side, side, dtype=torch.bool)
            top, left = random.randint(0, side - rows), random.randint(0, side - columns)
            shown[top : top + rows, left : left + columns] = True
            for _ in range(4):
                top, left = random.randint(0, side - height), random.randint(0, side - width)
                shown[top : top + height, left : left + width] = False
        contexts.append(shown.view(n).nonzero().squeeze(1))
    count = min(len(context) for context in contexts)
    kept = torch.stack([context[torch.randperm(len(context))[:count]] for context in contexts])
    return arrays_of(~marked(kept, n))


# --- attention


class Guidance:
    def __init__(self, n):
        self.attention = torch.rand(B, n)
        self.parts = torch.randint(PARTS, (B, n))


def hints_of(attention, pool, count):
    """`count` of the `pool` most attended patches, for each image."""
    top = attention.topk(pool, 1).indices
    return top.gather(1, torch.rand(B, pool).topk(count, 1).indices)


def att_high(n, guidance):
    return arrays_of(highest(guidance.attention, masked_count(n, 0.3)))


def att_low(n, guidance):
    return arrays_of(highest(-guidance.attention, masked_count(n, 0.3)))


def att_hint(n, guidance):
    pool = max(1, int(n * 0.1))
    hints = hints_of(guidance.attention, pool, max(1, int(0.3 * pool)))
    others = guidance.attention.scatter(1, hints, -math.inf)
    return arrays_of(highest(others, masked_count(n, 0.3)))


def att_hint_by_argsort(n, guidance):
    """As published: one sort of the batch, a slice of it, and a draw for each image."""
    pool = max(1, int(n * 0.1))
    shown = max(1, int(0.3 * pool))
    order = guidance.attention.argsort(1, descending=True)
    hints = order[:, :pool].gather(1, torch.rand(B, pool).argsort(1)[:, :shown])
    hidden = marked(order[:, : masked_count(n, 0.3) + shown], n)
    return arrays_of(hidden.scatter_(1, hints, False))


def att_hint_loop(n, guidance):
    pool = max(1, int(n * 0.1))
    shown = max(1, int(0.3 * pool))
    order = guidance.attention.argsort(1, descending=True)
    hidden = torch.zeros(B, n, dtype=torch.bool)
    for image in range(B):
        hidden[image, order[image, : masked_count(n, 0.3) + shown]] = True
        hidden[image, order[image, torch.randperm(pool)[:shown]]] = False
    return arrays_of(hidden)


def att_published(n, guidance):
    ratio = random.uniform(0.1, 0.5)
    share = 0.1 * random.uniform(0.1, 0.5)
    count, pool = int(n * ratio), int(n * 0.1)
    hidden = highest(guidance.attention, count)
    hints = hints_of(guidance.attention, min(pool, count), min(int(share * n), count - 1))
    hidden.scatter_(1, hints, False)
    return padded_arrays_of(hidden & (torch.rand(B, 1) < 0.5))


def mst(n, guidance):
    return padded_arrays_of(highest(-guidance.attention, n // 8) & (torch.rand(B, n) < 0.5))


# --- SemMAE


def semmae(n, guidance, alpha=0.25):
    count = masked_count(n, 0.75)
    parts = guidance.parts
    sizes = torch.zeros(B, PARTS).scatter_add_(1, parts, torch.ones(B, n))
    order = torch.rand(B, PARTS).argsort(1)
    ordered = sizes.gather(1, order)
    before = ordered.cumsum(1) - ordered
    whole = torch.minimum(ordered, (count - before).clamp(min=0))
    real = (1 - alpha) * (count / n) * ordered + alpha * whole
    floor = (real + 1e-4).floor()
    rank = (floor - real).argsort(dim=1, stable=True).argsort(1)  # largest remainders first
    quota = floor + (rank < (count - floor.sum(1, keepdim=True)))
    quota = torch.empty_like(quota).scatter_(1, order, quota)
    by_part = (parts + torch.rand(B, n)).argsort(1)  # parts side by side, each in random order
    part = parts.gather(1, by_part)
    start = sizes.cumsum(1) - sizes
    place = torch.arange(n) - start.gather(1, part)
    return arrays_of(torch.zeros(B, n, dtype=torch.bool).scatter_(1, by_part, place < quota.gather(1, part)))


def semmae_loop(n, guidance, alpha=0.25):
    """The published form: for each image a walk over its patches in random order."""
    count = masked_count(n, 0.75)
    masks = []
    for image in range(B):
        parts = guidance.parts[image].tolist()
        sizes = [0] * PARTS
        for part in parts:
            sizes[part] += 1
        order = random.sample(range(PARTS), PARTS)
        budget, quota, fraction = count, [0] * PARTS, [0.0] * PARTS
        for part in order:
            whole = min(sizes[part], budget)
            budget -= whole
            real = (1 - alpha) * count / n * sizes[part] + alpha * whole
            quota[part] = int(real + 1e-9)
            fraction[part] = real - quota[part]
        for part in sorted(order, key=lambda part: -fraction[part])[: count - sum(quota)]:
            quota[part] += 1
        hidden = [0] * n
        for patch in random.sample(range(n), n):
            if quota[parts[patch]] > 0:
                quota[parts[patch]] -= 1
                hidden[patch] = 1
        masks.append(hidden)
    return arrays_of(torch.tensor(masks, dtype=torch.bool))


# --- ColorMAE, Context Encoder


class Noise:
    """Maps that were made beforehand, larger than the grid."""

    def __init__(self, n, maps=64):
        self.side = 4 * math.isqrt(n)
        self.maps = torch.randn(maps, self.side, self.side)


def crops_of(n, noise):
    """[B, N] from a random map at a random place, mirrored at random."""
    side = math.isqrt(n)
    choice = torch.randint(noise.maps.shape[0], (B,))
    corner = (torch.rand(2, B) * (noise.side - side + 1)).long()
    span = torch.arange(side)
    flipped = side - 1 - span
    rows = corner[0][:, None] + torch.where(torch.rand(B, 1) < 0.5, flipped, span)
    columns = corner[1][:, None] + torch.where(torch.rand(B, 1) < 0.5, flipped, span)
    return noise.maps[choice[:, None, None], rows[:, :, None], columns[:, None, :]].reshape(B, n)


def color(n, noise):
    return arrays_of(~highest(crops_of(n, noise), n - masked_count(n, 0.75)))


def region(n, noise):
    """A Context Encoder's region of exact size: the lowest quarter of a crop of one pattern."""
    side = math.isqrt(n)
    corner = below(noise.side - side + 1, 2, B)
    span = torch.arange(side)
    rows, columns = corner[0][:, None] + span, corner[1][:, None] + span
    crops = noise.maps[0][rows[:, :, None], columns[:, None, :]].reshape(B, n)
    return arrays_of(highest(-crops, masked_count(n, 0.25)))


def center_square(n):
    side = math.isqrt(n)
    places = (2 * torch.arange(side) - (side - 1)).abs()
    ring = torch.maximum(places[:, None], places).view(n)
    return arrays_of(highest(torch.rand(B, n) - ring, masked_count(n, 0.75)))


def user_scores(n):
    return arrays_of(highest((torch.arange(n) % 37).float().expand(B, n), masked_count(n, 0.75)))


def given_mask(n):
    return arrays_of((torch.arange(n) % 4 > 0).repeat(B, 1))


def cases(n):
    """name → (vectorized forms, the form of the published code or None)."""
    guidance, noise = Guidance(n), Noise(n)
    target = beit_count(n)
    return {
        "given-mask": ([lambda: given_mask(n)], None),
        "random": ([lambda: random_by_argsort(n), lambda: random_by_topk(n)], None),
        "grid-random": ([lambda: grid_random(n)], None),
        "simmim-units": ([lambda: units(n)], None),
        "block": ([lambda: arrays_of(exact(blocks(n, target), target))], lambda: looped_blocks(n, target)),
        "block-75": (
            [lambda: arrays_of(exact(blocks(n, masked_count(n, 0.75)), masked_count(n, 0.75)))],
            lambda: looped_blocks(n, masked_count(n, 0.75)),
        ),
        "beit-v1": ([lambda: padded_arrays_of(blocks(n, target))], lambda: looped_beit_v1(n)),
        "ibot-block": ([lambda: ibot_block(n)], lambda: ibot_block_loop(n)),
        "ibot-random": ([lambda: ibot_random(n)], None),
        "attmask-high": ([lambda: att_high(n, guidance)], None),
        "attmask-low": ([lambda: att_low(n, guidance)], None),
        "attmask-hint": ([lambda: att_hint(n, guidance), lambda: att_hint_by_argsort(n, guidance)], lambda: att_hint_loop(n, guidance)),
        "attmask-published": ([lambda: att_published(n, guidance)], None),
        "mst": ([lambda: mst(n, guidance)], None),
        "gmml-blocks": ([lambda: gmml(n)], lambda: gmml_loop(n)),
        "random-squares": ([lambda: random_squares(n)], None),
        "i-jepa": ([lambda: multi_block(n)], lambda: multi_block_loop(n)),
        "semmae": ([lambda: semmae(n, guidance)], lambda: semmae_loop(n, guidance)),
        "colormae": ([lambda: color(n, noise)], None),
        "center-square": ([lambda: center_square(n)], None),
        "region": ([lambda: region(n, noise)], None),
        "user-scores": ([lambda: user_scores(n)], None),
    }


def check(name, n, sampled):
    """visible ++ masked, restored, is every patch once."""
    visible, masked, restore = sampled
    if visible.shape[1] + masked.shape[1] != n:
        return  # padded
    order = torch.cat([visible, masked], 1).gather(1, restore)
    assert torch.equal(order, torch.arange(n).expand(B, n)), name


def rates_of(sample, seconds, clock):
    """Masks a second by `clock`: the median call, after warm-up."""
    for _ in range(2):
        sample()
    durations = []
    end = time.perf_counter() + seconds
    while len(durations) < 3 or time.perf_counter() < end:
        start = clock()
        sample()
        durations.append(clock() - start)
    return B / statistics.median(durations)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--cases")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    # One thread: processor time, which other work on the machine does not lengthen. More threads: the wall clock.
    clock = time.process_time if arguments.threads == 1 else time.perf_counter
    rates, loops = {}, {}
    for n in (196, 784):
        for name, (vectorized, loop) in cases(n).items():
            if arguments.cases is not None and name not in arguments.cases.split(","):
                continue
            for sample in vectorized:
                check(name, n, sample())
            rates[f"{name}-{n}"] = round(max(rates_of(sample, arguments.seconds / len(vectorized), clock) for sample in vectorized))
            if loop is not None and arguments.threads == 1:
                check(name, n, loop())
                loops[f"{name}-{n}"] = round(rates_of(loop, arguments.seconds, clock))
    value = statistics.median(rates.values())
    version = f"PyTorch {torch.__version__}"
    print(json.dumps({"value": value, "unit": "masks/s (median case)", "version": version, "rates": rates, "loops": loops}))


with torch.no_grad():
    main()
