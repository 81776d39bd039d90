"""Writes torchvision-augmentations.json: known answers of torchvision and Pillow on two small images.

Run in this folder: python3 torchvision-augmentations.py
"""
import json
import math

import numpy
import PIL
import torch
import torchvision
import torchvision.transforms.functional as F
from PIL import Image, ImageFilter

height, width = 5, 7
generator = numpy.random.default_rng(7)
image = generator.integers(0, 256, (height, width, 3), dtype=numpy.uint8)
# black, white, grays, the corners of the color cube, and ties between channels
image[0] = [[0, 0, 0], [255, 255, 255], [90, 90, 90], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]]
image[1, :5] = [[0, 255, 255], [255, 0, 255], [40, 40, 200], [200, 40, 40], [127, 128, 129]]
tensor = torch.from_numpy(image).permute(2, 0, 1).double() / 255


def values(result):
    return [round(float(value), 4) for value in (result * 255).permute(1, 2, 0).flatten()]


def blurred(radius):
    """Outermost pixels repeated, so that nothing of torchvision's own padding shows."""
    reach = math.ceil(3 * radius)
    padded = torch.nn.functional.pad(tensor[None], [2 * reach] * 4, mode="replicate")[0]
    return F.gaussian_blur(padded, 2 * reach + 1, radius)[:, 2 * reach : -2 * reach, 2 * reach : -2 * reach]


def chained():
    result = F.adjust_hue(tensor, 0.07)
    result = F.adjust_contrast(result, 1.35)
    result = F.adjust_saturation(result, 0.85)
    return F.adjust_brightness(result, 1.2)


cases = [
    *[{"operation": "brightness", "amount": a, "result": values(F.adjust_brightness(tensor, a))} for a in (0.6, 1.4)],
    *[{"operation": "contrast", "amount": a, "result": values(F.adjust_contrast(tensor, a))} for a in (0.6, 1.4)],
    *[{"operation": "saturation", "amount": a, "result": values(F.adjust_saturation(tensor, a))} for a in (0.8, 1.2)],
    *[{"operation": "hue", "amount": a, "result": values(F.adjust_hue(tensor, a))} for a in (-0.1, 0.03, 0.5)],
    {"operation": "grayscale", "amount": 0, "result": values(F.rgb_to_grayscale(tensor, 3))},
    {"operation": "solarize", "amount": 128, "result": values(F.solarize(tensor, 128 / 255))},
    *[{"operation": "blur", "amount": a, "result": values(blurred(a))} for a in (0.3, 1.7)],
    {"operation": "chain", "amount": 0, "result": values(chained())},
]

# Pillow's blur on a picture with edges: 13 x 17 blocks
picture = generator.integers(0, 2, (5, 6, 3)).repeat(3, 0).repeat(3, 1)[:13, :17].astype(numpy.uint8) * 200 + 20
pillow = [
    {
        "radius": radius,
        "result": numpy.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius))).flatten().tolist(),
    }
    for radius in (0.5, 1.0, 2.0)
]

with open("torchvision-augmentations.json", "w") as file:
    json.dump(
        {
            "torchvision": torchvision.__version__,
            "pillow": PIL.__version__,
            "height": height,
            "width": width,
            "image": image.flatten().tolist(),
            "cases": cases,
            "picture": {"height": 13, "width": 17, "pixels": picture.flatten().tolist()},
            "pillowBlurs": pillow,
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
