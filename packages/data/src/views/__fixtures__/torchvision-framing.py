"""Makes torchvision-framing.json: a made-up image through the evaluation transforms of torchvision and timm, on Pillow images.

Install: pip install torch torchvision timm pillow (2.15, 0.29.2, 1.0.31 and 13.0 were used).
"""

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image
from timm.data import create_transform
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

height, width = 61, 83
values = [((7 * i) ^ (i * i >> 5)) % 256 for i in range(height * width * 3)]
image = Image.fromarray(np.array(values, np.uint8).reshape(height, width, 3))
tall = image.transpose(Image.Transpose.ROTATE_90)


def torchvision(short_side, size, interpolation):
    return Compose([Resize(short_side, InterpolationMode(interpolation)), CenterCrop(size)])


def timm(height, width, interpolation, crop_fraction):
    size = (3, height, width)
    transform = create_transform(size, interpolation=interpolation, crop_pct=crop_fraction, crop_mode="center")
    return Compose(transform.transforms[:2])  # without the conversion to a tensor


cases = [
    (image, 28, 28, dict(interpolation="bicubic", cropFraction=0.875), torchvision(32, 28, "bicubic")),
    (tall, 28, 28, dict(interpolation="bilinear", cropFraction=0.9), torchvision(31, 28, "bilinear")),
    (image, 90, 90, dict(interpolation="bicubic", cropFraction=1), torchvision(90, 90, "bicubic")),
    (tall, 17, 17, dict(interpolation="lanczos", cropFraction=0.95), torchvision(17, 17, "lanczos")),
    (image, 24, 40, dict(interpolation="bicubic", cropFraction=0.875), timm(24, 40, "bicubic", 0.875)),
    (image, 29, 23, dict(interpolation="bilinear"), Resize((29, 23), InterpolationMode("bilinear"))),
]
rows = []
for source, rows_wanted, columns_wanted, framing, transform in cases:
    framed = transform(source)
    assert framed.size == (columns_wanted, rows_wanted), framed.size
    pixels = base64.b64encode(framed.tobytes()).decode()
    rows.append(dict(tall=source is tall, height=rows_wanted, width=columns_wanted, framing=framing, pixels=pixels))
Path(__file__).with_name("torchvision-framing.json").write_text(json.dumps(rows, indent=1) + "\n")
