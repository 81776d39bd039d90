"""Training crops of a folder of JPEGs by torchvision's transforms and torch's DataLoader: the peer of benchmarks/loader.ts.

Install: pip install torch torchvision. `--decoder pillow` is what most training code does: Pillow decodes and resizes. `--decoder
torchvision` decodes by torchvision.io.decode_jpeg and transforms tensors of bytes. A Pillow-SIMD that is installed in Pillow's place is
used by the former, and named.
"""

import argparse
import json
import os
import resource
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--decoder", choices=["pillow", "torchvision"], default="pillow")
parser.add_argument("--workers", type=int, default=2)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--size", type=int, default=224)
parser.add_argument("--epochs", type=int, default=3, help="timed, after one that is not")
arguments = parser.parse_args()

try:
    import PIL
    import torch
    import torchvision
    from PIL import Image
    from torchvision import transforms
    from torchvision.transforms import v2
except ImportError as error:
    print(f"loader.py: skipped, {error}; pip install torch torchvision", file=sys.stderr)
    sys.exit(3)

BICUBIC = transforms.InterpolationMode.BICUBIC
STATISTICS = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def pillow():
    transform = transforms.Compose(
        [
            transforms.RandomResizedCrop(arguments.size, scale=(0.2, 1.0), interpolation=BICUBIC),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(*STATISTICS),
        ]
    )
    return lambda path: transform(Image.open(path).convert("RGB"))


def of_bytes():
    transform = v2.Compose(
        [
            v2.RandomResizedCrop(arguments.size, scale=(0.2, 1.0), interpolation=BICUBIC, antialias=True),
            v2.RandomHorizontalFlip(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(*STATISTICS),
        ]
    )
    rgb = torchvision.io.ImageReadMode.RGB
    return lambda path: transform(torchvision.io.decode_jpeg(torchvision.io.read_file(path), mode=rgb))


class Photographs(torch.utils.data.Dataset):
    def __init__(self, folder, load):
        self.paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        self.load = load

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return self.load(self.paths[index])


def seconds_of_cpu():
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


torch.set_num_threads(1)
load = pillow() if arguments.decoder == "pillow" else of_bytes()
photographs = Photographs(arguments.data, load)
loader = torch.utils.data.DataLoader(
    torch.utils.data.ConcatDataset([photographs] * arguments.epochs),
    batch_size=arguments.batch,
    shuffle=True,
    num_workers=arguments.workers,
)
if arguments.workers > 0:
    # The processes of the workers start and import in this pass; their time counts for what they do alone.
    for _ in torch.utils.data.DataLoader(photographs, batch_size=arguments.batch, num_workers=arguments.workers):
        pass
else:
    for index in range(len(photographs)):
        photographs[index]
cpu = seconds_of_cpu()
start = time.perf_counter()
total = 0.0
count = 0
for images in loader:
    count += len(images)
    total += float(images[0, 0, 0, 0])
seconds = time.perf_counter() - start
cpu = seconds_of_cpu() - cpu  # workers have ended with the iteration
print(
    json.dumps(
        {
            "value": round(count / seconds, 2),
            "perCpuSecond": round(count / cpu, 2),
            "unit": "images/s",
            "version": f"torchvision {torchvision.__version__}, torch {torch.__version__}, Pillow {PIL.__version__}",
            "workers": arguments.workers,
            "batch": arguments.batch,
        }
    )
)
