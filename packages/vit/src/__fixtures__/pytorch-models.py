"""Writes pytorch-models.json: bicubic tables, a small ViT and a DINO head, as PyTorch and timm compute them.

    python pytorch-models.py > pytorch-models.json

The ViT is timm's VisionTransformer with random weights. Its positions at other sizes are interpolated here, by
torch.nn.functional.interpolate and with DINO's scale, since timm antialiases.
"""

import json

import timm
import torch
import torch.nn.functional as F
from timm.models.vision_transformer import VisionTransformer

torch.manual_seed(5)
torch.set_grad_enabled(False)
WIDTH, HEADS, PATCH = 12, 3, 4


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.flatten().tolist()]


def interpolate(table, rows, columns, grid, dino):
    """table [1, rows*columns, D] -> [1, grid[0]*grid[1], D]"""
    image = table.reshape(1, rows, columns, -1).permute(0, 3, 1, 2)
    if dino:
        scale = ((grid[0] + 0.1) / rows, (grid[1] + 0.1) / columns)
        image = F.interpolate(image, scale_factor=scale, mode="bicubic")
    else:
        image = F.interpolate(image, size=grid, mode="bicubic", align_corners=False)
    assert image.shape[-2:] == tuple(grid)
    return image.permute(0, 2, 3, 1).flatten(1, 2)


def bicubic_case(rows, columns, grid, dino):
    table = torch.randn(1, rows * columns, 1)
    return {
        "rows": rows,
        "columns": columns,
        "toRows": grid[0],
        "toColumns": grid[1],
        "interpolation": "dino" if dino else "aligned",
        "table": numbers(table),
        "expected": numbers(interpolate(table, rows, columns, grid, dino)),
    }


def randomize(module):
    """Away from the zeros and ones that biases and norms start at."""
    for parameter in module.parameters():
        parameter.add_(0.2 * torch.randn_like(parameter))


def kernel(weight):
    return numbers(weight.t())


def encoder_weights(vit):
    weights = {
        "cls_token": numbers(vit.cls_token),
        "pos_embed": numbers(vit.pos_embed),
        "patch_embed.proj.kernel": numbers(vit.patch_embed.proj.weight.permute(2, 3, 1, 0)),
        "patch_embed.proj.bias": numbers(vit.patch_embed.proj.bias),
    }
    for index, block in enumerate(vit.blocks):
        for name, part in [("norm1", block.norm1), ("norm2", block.norm2)]:
            weights[f"blocks.{index}.{name}.gamma"] = numbers(part.weight)
            weights[f"blocks.{index}.{name}.beta"] = numbers(part.bias)
        for name, part in [
            ("attn.qkv", block.attn.qkv),
            ("attn.proj", block.attn.proj),
            ("mlp.fc1", block.mlp.fc1),
            ("mlp.fc2", block.mlp.fc2),
        ]:
            weights[f"blocks.{index}.{name}.kernel"] = kernel(part.weight)
            weights[f"blocks.{index}.{name}.bias"] = numbers(part.bias)
    weights["norm.gamma"] = numbers(vit.norm.weight)
    weights["norm.beta"] = numbers(vit.norm.bias)
    return weights


def vit(img_size):
    return VisionTransformer(
        img_size=img_size,
        patch_size=PATCH,
        embed_dim=WIDTH,
        depth=2,
        num_heads=HEADS,
        mlp_ratio=2,
        num_classes=0,
    ).eval()


def pass_of(native, rows, columns, grid, dino=False, hidden=None, masked_embed=None):
    model = vit((grid[0] * PATCH, grid[1] * PATCH))
    state = dict(native.state_dict())
    table = native.pos_embed
    if grid != (rows, columns):
        patches = interpolate(table[:, 1:], rows, columns, grid, dino)
        state["pos_embed"] = torch.cat([table[:, :1], patches], 1)
    model.load_state_dict(state)
    images = torch.randn(2, 3, grid[0] * PATCH, grid[1] * PATCH)
    if hidden is not None:

        def replace(module, inputs, output):  # [B, N, D], before positions
            return torch.where(hidden[..., None] == 1, masked_embed, output)

        model.patch_embed.register_forward_hook(replace)
    tokens = model.forward_features(images)
    return {
        "rows": grid[0],
        "columns": grid[1],
        "interpolation": "dino" if dino else "aligned",
        "images": numbers(images.permute(0, 2, 3, 1)),
        "hidden": None if hidden is None else numbers(hidden),
        "tokens": numbers(tokens),
    }


def head():
    mlp = torch.nn.Sequential(
        torch.nn.Linear(WIDTH, 17),
        torch.nn.GELU(),
        torch.nn.Linear(17, 17),
        torch.nn.GELU(),
        torch.nn.Linear(17, 7),
    )
    last = torch.nn.utils.weight_norm(torch.nn.Linear(7, 11, bias=False))
    randomize(mlp)
    randomize(last)
    tokens = torch.randn(5, WIDTH)
    weights = {}
    for index in (0, 2, 4):
        weights[f"mlp.{index}.kernel"] = kernel(mlp[index].weight)
        weights[f"mlp.{index}.bias"] = numbers(mlp[index].bias)
    weights["last_layer.weight_v"] = numbers(last.weight_v)
    weights["last_layer.weight_g"] = numbers(last.weight_g)
    logits = last(F.normalize(mlp(tokens), dim=-1))
    return {"weights": weights, "tokens": numbers(tokens), "logits": numbers(logits)}


native = vit((3 * PATCH, 5 * PATCH))
randomize(native)
masked_embed = torch.randn(1, WIDTH)
weights = encoder_weights(native)
weights["masked_embed"] = numbers(masked_embed)
print(
    json.dumps(
        {
            "versions": {"torch": torch.__version__, "timm": timm.__version__},
            "bicubic": [
                bicubic_case(14, 14, (28, 28), True),
                bicubic_case(14, 14, (28, 28), False),
                bicubic_case(14, 14, (6, 6), True),
                bicubic_case(7, 5, (11, 13), False),
                bicubic_case(7, 5, (3, 13), True),
            ],
            "encoder": {
                "weights": weights,
                "passes": [
                    pass_of(native, 3, 5, (3, 5)),
                    pass_of(native, 3, 5, (7, 2)),
                    pass_of(native, 3, 5, (5, 7), dino=True),
                    pass_of(native, 3, 5, (2, 5), hidden=torch.randint(0, 2, (2, 10)), masked_embed=masked_embed),
                ],
            },
            "head": head(),
        },
        separators=(",", ":"),
    )
)
