"""CIFAR's binaries and idx files in small, and the pixels in them, [H, W, C].

CIFAR is written as its page says (https://www.cs.toronto.edu/~kriz/cifar.html); idx is read back by torchvision.
Run here, with pip install torchvision: python binary-datasets.py
Written by NumPy 2.4.6, read by torchvision 0.29.2.
"""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
from torchvision.datasets.mnist import read_sn3_pascalvincent_tensor

here = Path(__file__).parent
rng = np.random.default_rng(0)
expected = {}


def digest(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()[:16]


def cifar(name, labels):
    images = rng.integers(0, 256, (len(labels), 32, 32, 3), dtype=np.uint8)
    planes = images.transpose(0, 3, 1, 2).reshape(len(labels), -1)
    path = here / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(np.concatenate([np.array(labels, np.uint8), planes], axis=1).tobytes())
    expected[name] = {"pixels": [digest(image) for image in images], "labels": labels}


def idx(name, values, compress=False):
    path = here / name
    path.parent.mkdir(exist_ok=True)
    header = bytes([0, 0, 8, values.ndim]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    data = header + values.tobytes()
    path.write_bytes(data)
    # torchvision reads three dimensions at most, and nothing compressed
    read = read_sn3_pascalvincent_tensor(str(path)).numpy() if values.ndim < 4 else values
    path.write_bytes(gzip.compress(data, mtime=0) if compress else data)
    expected[name] = [digest(image) for image in read] if values.ndim > 1 else read.tolist()


cifar("cifar-10/data_batch_1.bin", [[3], [0], [2]])
cifar("cifar-10/data_batch_2.bin", [[1], [3]])
cifar("cifar-10/test_batch.bin", [[2]])
(here / "cifar-10/batches.meta.txt").write_text("airplane\nautomobile\nbird\ncat\n\n")
cifar("cifar-100/train.bin", [[1, 4], [0, 2]])
cifar("cifar-100/test.bin", [[1, 3]])
(here / "cifar-100/fine_label_names.txt").write_text("apple\nbear\nbed\nbee\nbus\n")
(here / "cifar-100/coarse_label_names.txt").write_text("animals\nthings\n")

for split, count, compress in (("train", 7, True), ("t10k", 3, False)):
    idx(f"idx/{split}-images-idx3-ubyte" + ".gz" * compress, rng.integers(0, 256, (count, 5, 3), dtype=np.uint8), compress)
    idx(f"idx/{split}-labels-idx1-ubyte" + ".gz" * compress, rng.integers(0, 9, count, dtype=np.uint8), compress)
idx("colored-images.idx4-ubyte", rng.integers(0, 256, (2, 3, 5, 4), dtype=np.uint8))

lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in expected.items())
(here / "binary-datasets.json").write_text(f"{{\n{lines}\n}}\n")
