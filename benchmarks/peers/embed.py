"""Features of a folder of photographs by timm: the peer of benchmarks/embed.ts, with the same weights, images and batch.

Install: pip install torch timm. `--write FILE` writes a ViT-S/16 with random weights as DINO's own files are: a flat state dict in a
.pth. `--lossless FOLDER` copies a few photographs there as PNGs of 256 pixels, so that decoders and filters do not count.
"""

import argparse
import json
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--write")
parser.add_argument("--model")
parser.add_argument("--data")
parser.add_argument("--lossless")
parser.add_argument("--out")
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--workers", type=int, default=0, help="processes that decode beside the model")
arguments = parser.parse_args()

try:
    import numpy
    import timm
    import torch
    from PIL import Image
except ImportError as error:
    print(f"embed.py: skipped, {error}; pip install torch timm", file=sys.stderr)
    sys.exit(3)

SIDE = 224
RESIZED = 256  # before the crop, as DINO's evaluation does it


def network():
    return timm.create_model("vit_small_patch16_224", num_classes=0)


def write(path):
    torch.manual_seed(0)
    model = network()
    for name, weight in model.named_parameters():  # timm's small start leaves blocks with nothing to do
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=0.05)
        else:
            weight.data += 0.1 * torch.randn_like(weight)
    torch.save(model.state_dict(), path)


def copy_lossless(folder, paths):
    os.makedirs(folder, exist_ok=True)
    for path in paths:
        image = Image.open(path).convert("RGB").resize((RESIZED, RESIZED), Image.Resampling.BICUBIC)
        image.save(os.path.join(folder, os.path.splitext(os.path.basename(path))[0] + ".png"))


class Photographs(torch.utils.data.Dataset):
    def __init__(self, paths):
        self.paths = paths
        self.transform = timm.data.create_transform((3, SIDE, SIDE), interpolation="bicubic", crop_pct=SIDE / RESIZED)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return self.transform(Image.open(self.paths[index]).convert("RGB"))


def listed(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def embed():
    torch.set_num_threads(arguments.threads)
    model = network()
    model.load_state_dict(torch.load(arguments.model, weights_only=True), strict=True)
    model.eval()
    paths = listed(arguments.data)
    with torch.inference_mode():
        model(torch.zeros(arguments.batch, 3, SIDE, SIDE))  # warm
        start = time.perf_counter()
        encoding = 0.0
        rows = []
        loader = torch.utils.data.DataLoader(
            Photographs(paths), batch_size=arguments.batch, num_workers=arguments.workers
        )
        for images in loader:
            began = time.perf_counter()
            rows.append(model.forward_features(images)[:, 0].numpy())
            encoding += time.perf_counter() - began
        features = numpy.concatenate(rows)
        if arguments.out:
            numpy.save(arguments.out, features)
        seconds = time.perf_counter() - start
    print(
        json.dumps(
            {
                "value": round(len(paths) / seconds, 3),
                "encoding": round(len(paths) / encoding, 3),
                "unit": "images/s",
                "version": f"timm {timm.__version__}, torch {torch.__version__}",
                "batch": arguments.batch,
            }
        )
    )


if arguments.write:
    write(arguments.write)
if arguments.lossless:
    copy_lossless(arguments.lossless, listed(arguments.data)[:32])
if arguments.write or arguments.lossless:
    print("{}")
else:
    embed()
