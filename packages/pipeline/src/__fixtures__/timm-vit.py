"""timm's side of exports: makes timm-vit.safetensors, and opens what `exportModel` has written.

    python timm-vit.py                        # writes timm-vit.safetensors: weights of a small ViT, images and their tokens
    python timm-vit.py export.safetensors     # loads an export strictly, names its architecture and the mean of its tokens

Install: pip install torch timm safetensors (2.11, 1.0.31 and 0.8 were used).
"""

import json
import sys
from pathlib import Path

import timm.layers
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from timm.models.vision_transformer import VisionTransformer

torch.manual_seed(7)
torch.set_grad_enabled(False)


def write_fixture():
    size = dict(img_size=(12, 20), patch_size=4, embed_dim=12, depth=2, num_heads=3, mlp_ratio=2, num_classes=0)
    vit = VisionTransformer(**size).eval()
    for parameter in vit.parameters():
        parameter.add_(0.2 * torch.randn_like(parameter))  # away from the zeros and ones that biases and norms start at
    images = torch.randn(2, 3, 12, 20)
    tensors = {**vit.state_dict(), "images": images, "tokens": vit.forward_features(images)}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, Path(__file__).with_name("timm-vit.safetensors"))


def open_export(path):
    with safe_open(path, "pt") as file:
        arguments = json.loads(file.metadata()["timm"])
    classes = {name: getattr(timm.layers, arguments[name]) for name in ["mlp_layer"] if name in arguments}
    vit = VisionTransformer(**{**arguments, **classes}).eval()
    vit.load_state_dict(load_file(path), strict=True)
    height, width = arguments["img_size"]
    count = arguments["in_chans"] * height * width
    images = torch.linspace(-2, 2, count).reshape(1, arguments["in_chans"], height, width)
    print(json.dumps({**arguments, "token_mean": vit.forward_features(images).mean().item()}))


if len(sys.argv) > 1:
    open_export(sys.argv[1])
else:
    write_fixture()
