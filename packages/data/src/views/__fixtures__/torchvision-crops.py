"""Makes torchvision-crops.json: crops of RandomResizedCrop for given draws, and what they look like at another size by Pillow.

Install: pip install torch torchvision pillow (2.15, 0.29.2 and 13.0 were used). The draws replace torch's own: uniform numbers in [0, 1)
that are taken one after the other, for the area, the ratio, the row and the column of each attempt.
"""

import base64
import json
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, RandomResizedCrop
from torchvision.transforms.functional import hflip, resized_crop

chance = random.Random(5)
draws = []


def draw():
    draws.append(round(chance.random(), 6))
    return draws[-1]


def uniform(tensor, low=0.0, high=1.0):
    return tensor.fill_(low + (high - low) * draw())


torch.Tensor.uniform_ = uniform
torch.randint = lambda low, high, size: torch.tensor([low + int(draw() * (high - low))])

cases = []
for height, width, scale in [
    *[(61, 83, (0.2, 1.0))] * 6,
    *[(83, 61, (0.05, 0.25))] * 4,
    *[(20, 97, (0.5, 1.0))] * 4,  # where many attempts do not fit
    *[(97, 20, (0.9, 1.0))] * 2,
]:
    draws.clear()
    values = [((7 * i) ^ (i * i >> 5)) % 256 for i in range(height * width * 3)]
    image = Image.fromarray(np.array(values, np.uint8).reshape(height, width, 3))
    crop = RandomResizedCrop.get_params(torch.zeros(3, height, width), list(scale), [3 / 4, 4 / 3])
    flip = len(cases) % 2 == 1
    view = resized_crop(image, *crop, (29, 23), InterpolationMode.BICUBIC)
    pixels = base64.b64encode((hflip(view) if flip else view).tobytes()).decode()
    cases.append(dict(height=height, width=width, scale=scale, draws=list(draws), crop=list(crop), flip=flip, pixels=pixels))
Path(__file__).with_name("torchvision-crops.json").write_text(json.dumps(cases, indent=1) + "\n")
