"""Writes timm-channels.json: timm's VisionTransformer on images of 1, 2, 4 and 10 channels, and how timm adapts weights of RGB to them.

    python timm-channels.py > timm-channels.json

Weights and images are pseudo-random numbers that the test draws again by `draw`: only results are stored.
"""

import json

import timm
import torch
from timm.models._manipulate import adapt_input_conv
from timm.models.vision_transformer import VisionTransformer

from timm_draws import draw, numbers

SIZE = dict(img_size=(15, 21), patch_size=(3, 7), embed_dim=12, depth=1, num_heads=3, num_classes=0)
COUNTS = (1, 2, 4, 10)


def encoder_case(channels):
    vit = VisionTransformer(**SIZE, in_chans=channels)
    vit.load_state_dict({name: draw(name, tensor.shape) for name, tensor in vit.state_dict().items()})
    tokens = vit.eval().forward_features(draw("images", (2, channels, *SIZE["img_size"])))
    (tokens * draw("tokens", tokens.shape)).sum().backward()
    return {
        "channels": channels,
        "shapes": {name: list(tensor.shape) for name, tensor in vit.state_dict().items()},
        "tokens": numbers(tokens),
        "kernelGradient": numbers(vit.patch_embed.proj.weight.grad),
    }


def adapted_case(channels):
    return {"to": channels, "expected": numbers(adapt_input_conv(channels, draw("rgb", (5, 3, 3, 2))))}


print(
    json.dumps(
        {
            "versions": {"torch": torch.__version__, "timm": timm.__version__},
            "encoders": [encoder_case(channels) for channels in COUNTS],
            "adapted": [adapted_case(channels) for channels in COUNTS],
        },
        separators=(",", ":"),
    )
)
