"""Writes timm-options.json: timm's VisionTransformer with the options of public weights, and how timm resamples.

    python timm-options.py > timm-options.json

Weights, images and the directions of the loss are pseudo-random numbers that the test draws again by `draw`, so that only results
are stored: tokens after every block, after the final norm, and pooled; of the gradients of one loss, for each weight, its length and its
products with two random directions.
"""

import json
from functools import partial

import timm
import torch
from timm.layers import SwiGLUPacked, resample_abs_pos_embed
from timm.layers.patch_embed import resample_patch_embed
from timm.models.deit import VisionTransformerDistilled
from timm.models.vision_transformer import VisionTransformer

from timm_draws import draw, numbers

SIZE = dict(img_size=(15, 21), patch_size=(3, 7), embed_dim=12, depth=2, num_heads=3, num_classes=0)
GELU = dict(mlp_ratio=17.5 / 12)  # 17 hidden values: timm rounds down
BATCH = 2


def weight_of(name, shape):
    values = 0.5 * draw(name, shape)
    is_norm = "norm" in name and name.endswith("weight")
    return values + 1 if is_norm else values


def case(arguments, model=VisionTransformer):
    vit = model(**SIZE, **arguments)
    vit.load_state_dict({name: weight_of(name, tensor.shape) for name, tensor in vit.state_dict().items()})
    vit.eval()
    blocks = []
    for block in vit.blocks:
        block.register_forward_hook(lambda module, inputs, output: blocks.append(output))
    images = draw("images", (BATCH, 3, *SIZE["img_size"]))
    tokens = vit.forward_features(images)
    pooled = vit.forward_head(tokens, pre_logits=True)
    loss = (tokens * draw("tokens", tokens.shape)).sum() + (pooled * draw("pooled", pooled.shape)).sum()
    loss.backward()
    gradients = {}
    for name, parameter in vit.named_parameters():
        gradient = parameter.grad
        directions = [draw(f"{name} {index}", gradient.shape) for index in (1, 2)]
        gradients[name] = [gradient.norm().item(), *((gradient * direction).sum().item() for direction in directions)]
    return {
        "shapes": {name: list(tensor.shape) for name, tensor in vit.state_dict().items()},
        "blocks": [numbers(block) for block in blocks],
        "tokens": numbers(tokens),
        "pooled": numbers(pooled),
        "gradients": gradients,
    }


def positions_case(rows, columns, grid, prefix):
    table = draw(f"table {rows} {columns}", (1, prefix + rows * columns, 4))
    resampled = resample_abs_pos_embed(table, new_size=grid, old_size=(rows, columns), num_prefix_tokens=prefix)
    return {"rows": rows, "columns": columns, "toRows": grid[0], "toColumns": grid[1], "prefix": prefix, "expected": numbers(resampled)}


def embedding_case(before, after):
    weight = draw(f"embedding {before}", (5, 2, *before))
    sides = [dict(zip(("height", "width"), size)) for size in (before, after)]
    return {"from": sides[0], "to": sides[1], "expected": numbers(resample_patch_embed(weight, list(after)))}


LAYER_NORM = torch.nn.LayerNorm
print(
    json.dumps(
        {
            "versions": {"torch": torch.__version__, "timm": timm.__version__},
            "encoders": {
                "distillation token": case(GELU, VisionTransformerDistilled),
                "registers and LayerScale": case(dict(**GELU, reg_tokens=3, no_embed_class=True, init_values=1e-5)),
                "SwiGLU": case(dict(mlp_layer=SwiGLUPacked, act_layer="silu", mlp_ratio=22.5 / 12)),
                "norm of the mean": case(dict(**GELU, global_pool="avg")),
                "no class token": case(dict(**GELU, class_token=False, global_pool="avg", fc_norm=False)),
                "registers alone": case(
                    dict(**GELU, class_token=False, global_pool="avg", reg_tokens=2, no_embed_class=True)
                ),
                "norm before, no biases": case(dict(**GELU, pre_norm=True, qkv_bias=False)),
                "no final norm, another epsilon": case(
                    dict(**GELU, final_norm=False, norm_layer=partial(LAYER_NORM, eps=0.01))
                ),
                "all together": case(
                    dict(
                        mlp_layer=SwiGLUPacked,
                        act_layer="silu",
                        mlp_ratio=26.5 / 12,
                        reg_tokens=5,
                        no_embed_class=True,
                        init_values=1.0,
                        qkv_bias=False,
                        pre_norm=True,
                        global_pool="avg",
                        norm_layer=partial(LAYER_NORM, eps=0.01),
                    )
                ),
            },
            "positions": [
                positions_case(5, 3, (7, 11), 1),
                positions_case(5, 3, (2, 7), 0),
                positions_case(7, 11, (3, 5), 2),
                positions_case(14, 14, (16, 37), 1),
                positions_case(37, 37, (16, 28), 0),
            ],
            "embeddings": [
                embedding_case((3, 7), (5, 2)),
                embedding_case((16, 16), (8, 8)),
                embedding_case((16, 16), (14, 14)),
                embedding_case((8, 8), (16, 16)),
                embedding_case((7, 4), (7, 11)),
            ],
        },
        separators=(",", ":"),
    )
)
