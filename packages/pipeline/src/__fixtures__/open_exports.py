"""Opens what `exportModel` has written, as Python's users do, and prints what the models give for images of made-up numbers.

    python open_exports.py timm:encoder.safetensors transformers:folder …   # a line of JSON for each

Install: pip install torch timm transformers safetensors (2.15, 1.0.31, 5.24 and 0.8 were used).
"""

import json
import logging
import sys
import warnings

import torch

warnings.filterwarnings("ignore")
torch.set_grad_enabled(False)


def images(height, width):
    return torch.sin(torch.arange(3 * height * width, dtype=torch.float32)).reshape(1, 3, height, width)


def in_timm(path):
    import timm.layers
    from safetensors import safe_open
    from timm.models import load_checkpoint
    from timm.models.vision_transformer import VisionTransformer

    with safe_open(path, "pt") as file:
        arguments = json.loads(file.metadata()["timm"])
    classes = {name: getattr(timm.layers, arguments[name]) for name in ["mlp_layer"] if name in arguments}
    vit = VisionTransformer(**{**arguments, **classes}).eval()
    load_checkpoint(vit, path, strict=True)  # what create_model(checkpoint_path=...) does
    tokens = vit.forward_features(images(*arguments["img_size"]))
    return {"tokens": tokens[0].tolist()}


def in_transformers(path):
    from transformers import AutoImageProcessor, AutoModel, AutoModelForPreTraining, logging as own

    own.set_verbosity_error()
    logging.disable(logging.CRITICAL)
    config = json.load(open(f"{path}/config.json"))
    is_autoencoder = config["model_type"] == "vit_mae"
    auto = AutoModelForPreTraining if is_autoencoder else AutoModel
    model, report = auto.from_pretrained(path, output_loading_info=True)
    model.eval()
    size = config["image_size"]
    height, width = size if isinstance(size, list) else (size, size)
    inputs = {"pixel_values": images(height, width)}
    if is_autoencoder:
        patches = (height // config["patch_size"]) ** 2
        inputs["noise"] = torch.arange(patches, dtype=torch.float32)[None]  # the first quarter is visible
        result = {"tokens": model.vit(**inputs).last_hidden_state[0].tolist()}
        model.config.mask_ratio = 0.75
        result["visible"] = model.vit(**inputs).last_hidden_state[0].tolist()
        result["predictions"] = model(**inputs).logits[0].tolist()
    else:
        result = {"tokens": model(**inputs).last_hidden_state[0].tolist()}
    processor = AutoImageProcessor.from_pretrained(path)
    prepared = processor(images=torch.full((3, 2 * height, 3 * width), 100, dtype=torch.uint8), return_tensors="pt")
    return {
        **result,
        "class": type(model).__name__,
        "missing": sorted(name for name in report["missing_keys"] if not name.startswith("pooler.")),
        "unexpected": sorted(report["unexpected_keys"]),
        "prepared": [list(prepared["pixel_values"].shape), prepared["pixel_values"][0, :, 0, 0].tolist()],
    }


for argument in sys.argv[1:]:
    kind, path = argument.split(":", 1)
    print(json.dumps({"timm": in_timm, "transformers": in_transformers}[kind](path)))
