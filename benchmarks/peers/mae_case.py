"""What every Python peer of the engine benchmark shares: the model's sizes, its batch, and how a step is timed and reported."""

import argparse
import json
import math
import os
import statistics
import time
from dataclasses import dataclass

SIZES = {
    "tiny": dict(image=32, patch=8, encoder=(64, 2, 2), decoder=(32, 1, 2), batch=4),
    "small": dict(image=64, patch=8, encoder=(192, 6, 3), decoder=(192, 2, 3), batch=64),
    "base": dict(image=224, patch=16, encoder=(768, 12, 12), decoder=(512, 8, 16), batch=8),
}
MASK_RATIO = 0.75
LEARNING_RATE = 1e-3
BETAS = (0.9, 0.95)
EPSILON = 1e-8
WEIGHT_DECAY = 0.05
NORM_EPSILON = 1e-6


def read_arguments(modes):
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=modes, default=modes[0])
    parser.add_argument("--model", choices=list(SIZES), default="small")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--start", help="folder with the weights and the batch that our benchmark wrote, for equal losses")
    parser.add_argument("--device", default="cpu", help="cuda for a GPU (PyTorch)")
    parser.add_argument("--tf32", action="store_true", help="let a GPU round the operands of fp32 products to TF32 (PyTorch)")
    parser.add_argument("--profile", action="store_true", help="print the operators that take the most time (PyTorch)")
    return parser.parse_args()


def make_batch(numpy, size, batch_size):
    """Images [B, H, W, 3] and, for each, K visible and M masked patch indices in ascending order."""
    rng = numpy.random.default_rng(3)
    patch_count = (size["image"] // size["patch"]) ** 2
    visible_count = int(patch_count * (1 - MASK_RATIO))
    images = rng.standard_normal((batch_size, size["image"], size["image"], 3), dtype=numpy.float32)
    orders = numpy.stack([rng.permutation(patch_count) for _ in range(batch_size)])
    visible = numpy.sort(orders[:, :visible_count], axis=1)
    masked = numpy.sort(orders[:, visible_count:], axis=1)
    return images, visible.astype(numpy.int64), masked.astype(numpy.int64)


@dataclass
class Start:
    weights: dict  # by the names of packages/vit, kernels [inputs, outputs]
    batch: tuple  # images, visible, masked


def read_start(numpy, folder):
    """What `writeStart` of benchmarks/engine-mae/ wrote: index.json lists name, shape and dtype of the arrays that data.bin holds in turn."""
    if folder is None:
        return None
    with open(os.path.join(folder, "index.json")) as index:
        entries = json.load(index)
    data = numpy.fromfile(os.path.join(folder, "data.bin"), dtype=numpy.uint8)
    arrays, offset = {}, 0
    for entry in entries:
        count = 4 * math.prod(entry["shape"])
        arrays[entry["name"]] = data[offset : offset + count].view(entry["dtype"]).reshape(entry["shape"])
        offset += count
    images, visible, masked = (arrays.pop(name) for name in ("images", "visible", "masked"))
    return Start(arrays, (images, visible.astype(numpy.int64), masked.astype(numpy.int64)))


def sin_cos_positions(numpy, side, width):
    """MAE's fixed table [1 + N, D]: a zero row for the class token, then half of D for the column and half for the row."""

    def one_axis(coordinates):
        frequencies = 10000.0 ** -(numpy.arange(width // 4) / (width / 4))
        angles = coordinates[:, None] * frequencies[None]
        return numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], axis=1)

    rows, columns = numpy.divmod(numpy.arange(side * side), side)
    patches = numpy.concatenate([one_axis(columns), one_axis(rows)], axis=1)
    return numpy.concatenate([numpy.zeros((1, width)), patches]).astype(numpy.float32)


def time_steps(step, warmup, steps):
    """Seconds of each step after the warm-up, the first step's, and the losses of the first five. `step` returns its loss as a float."""
    seconds, losses = [], []
    for _ in range(warmup + steps):
        start = time.perf_counter()
        losses.append(step())
        seconds.append(time.perf_counter() - start)
    return seconds[warmup:], seconds[0], losses[:5]


def report(arguments, batch_size, version, parameters, import_megabytes, timed):
    seconds, first, losses = timed
    median = statistics.median(seconds)
    print(
        json.dumps(
            {
                "bench": f"engine-mae-{arguments.model}/{arguments.mode}",
                "value": round(batch_size / median, 4),
                "unit": "images/s",
                "spread": round((max(seconds) - min(seconds)) / median, 3),
                "version": version,
                "threads": arguments.threads,
                "batch": batch_size,
                "parameters": parameters,
                "firstStepSeconds": round(first, 2),
                "importMegabytes": import_megabytes,
                "peakMegabytes": megabytes("VmHWM"),
                "losses": losses,
            }
        ),
        flush=True,
    )


def megabytes(line):
    """What this process holds now (VmRSS) or has held at most (VmHWM), in units of 2^20 bytes; None where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(text.split()[1]) // 1024 for text in status if text.startswith(line))
    except FileNotFoundError:
        return None
