"""One MAE training step in PyTorch: the peer of benchmarks/engine-mae.ts, with the same model, batch and optimizer.

Install: pip install torch numpy (2.15 was measured; the CPU build is enough: --index-url https://download.pytorch.org/whl/cpu).
torch.compile also needs a C++ compiler. Written from the paper (https://arxiv.org/abs/2111.06377) and packages/vit.
"""

import sys

from mae_case import (
    BETAS,
    EPSILON,
    LEARNING_RATE,
    NORM_EPSILON,
    SIZES,
    WEIGHT_DECAY,
    make_batch,
    megabytes,
    read_arguments,
    read_start,
    report,
    sin_cos_positions,
    time_steps,
)

arguments = read_arguments(["eager", "eager-foreach", "compile", "compile-max"])
try:
    import numpy
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    print(f"engine_mae.py: skipped, {error}; pip install torch numpy", file=sys.stderr)
    sys.exit(3)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, width // self.heads)
        queries, keys, values = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # each [B, heads, T, D/heads]
        mixed = F.scaled_dot_product_attention(queries, keys, values)
        return self.proj(mixed.transpose(1, 2).reshape(batch, tokens, width))


class MLP(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, NORM_EPSILON)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, NORM_EPSILON)
        self.mlp = MLP(width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class MaskedAutoencoder(nn.Module):
    """`images` [B, H, W, 3], `visible` [B, K] and `masked` [B, M] → mean squared error over the masked patches."""

    def __init__(self, image, patch, encoder, decoder):
        super().__init__()
        width, depth, heads = encoder
        decoder_width, decoder_depth, decoder_heads = decoder
        side, pixels = image // patch, 3 * patch * patch
        self.patch, self.side = patch, side
        self.cls_token = nn.Parameter(0.02 * torch.randn(1, 1, width))
        self.patch_embed = nn.ModuleDict({"proj": nn.Linear(pixels, width)})
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, NORM_EPSILON)
        self.decoder_embed = nn.Linear(width, decoder_width)
        self.mask_token = nn.Parameter(0.02 * torch.randn(1, 1, decoder_width))
        self.decoder_blocks = nn.ModuleList(Block(decoder_width, decoder_heads) for _ in range(decoder_depth))
        self.decoder_norm = nn.LayerNorm(decoder_width, NORM_EPSILON)
        self.decoder_pred = nn.Linear(decoder_width, pixels)
        self.register_buffer("pos_embed", torch.from_numpy(sin_cos_positions(numpy, side, width)))
        self.register_buffer("decoder_pos_embed", torch.from_numpy(sin_cos_positions(numpy, side, decoder_width)))
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, images, visible, masked):
        batch = images.shape[0]
        patches = images.view(batch, self.side, self.patch, self.side, self.patch, 3)
        patches = patches.transpose(2, 3).reshape(batch, self.side * self.side, -1)  # [B, N, P]
        x = self.patch_embed["proj"](pick(patches, visible)) + self.pos_embed[1 + visible]  # [B, K, D]
        x = torch.cat([(self.cls_token + self.pos_embed[0]).expand(batch, -1, -1), x], 1)
        for block in self.blocks:
            x = block(x)
        x = self.decoder_embed(self.norm(x))  # [B, 1 + K, D']
        places = torch.cat([torch.zeros_like(visible[:, :1]), 1 + visible], 1)
        hidden = self.mask_token + self.decoder_pos_embed[1 + masked]  # [B, M, D']
        x = torch.cat([x + self.decoder_pos_embed[places], hidden], 1)
        for block in self.decoder_blocks:
            x = block(x)
        # Norm and head run on the masked tokens alone, as in packages/vit.
        predicted = self.decoder_pred(self.decoder_norm(x[:, -masked.shape[1] :]))
        with torch.no_grad():
            target = pick(patches, masked)
            variance, mean = torch.var_mean(target, -1, keepdim=True)  # the unbiased variance
            target = (target - mean) * torch.rsqrt(variance + 1e-6)
        return F.mse_loss(predicted, target)


def load_weights(model, weights):
    """Weights under the names of packages/vit: kernels are transposed and norms renamed, the rest agrees."""
    own = {}
    for name, values in weights.items():
        place, _, kind = name.rpartition(".")
        kind = {"kernel": "weight", "gamma": "weight", "beta": "bias"}.get(kind, kind)
        values = torch.from_numpy(values.T.copy() if name.endswith(".kernel") else values.copy())
        own[f"{place}.{kind}" if place else kind] = values
    constants = {"pos_embed": model.pos_embed, "decoder_pos_embed": model.decoder_pos_embed}
    model.load_state_dict({**own, **constants})


def pick(patches, indices):
    """The patches that `indices` [B, K] name, image by image: [B, N, P] → [B, K, P]."""
    return patches.gather(1, indices[..., None].expand(-1, -1, patches.shape[-1]))


def main():
    import_megabytes = megabytes("VmRSS")
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)  # as the engine does
    torch.manual_seed(1)
    torch.set_float32_matmul_precision("high" if arguments.tf32 else "highest")
    size = SIZES[arguments.model]
    batch_size = arguments.batch or size["batch"]
    model = MaskedAutoencoder(size["image"], size["patch"], size["encoder"], size["decoder"])
    start = read_start(numpy, arguments.start)
    if start:
        load_weights(model, start.weights)
    model.to(arguments.device)
    parameters = list(model.parameters())
    matrices = [p for p in parameters if p.ndim > 1]
    vectors = [p for p in parameters if p.ndim <= 1]
    foreach = arguments.mode == "eager-foreach"
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}],
        lr=LEARNING_RATE,
        betas=BETAS,
        eps=EPSILON,
        **({"foreach": True} if foreach else {"fused": True}),
    )
    arrays = start.batch if start else make_batch(numpy, size, batch_size)
    images, visible, masked = (torch.from_numpy(array).to(arguments.device) for array in arrays)
    loss_of = model
    if arguments.mode == "compile":
        loss_of = torch.compile(model)
    elif arguments.mode == "compile-max":
        loss_of = torch.compile(model, mode="max-autotune")

    def step():
        loss = loss_of(images, visible, masked)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    timed = time_steps(step, arguments.warmup, arguments.steps)
    if arguments.profile:
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
            for _ in range(3):
                step()
        print(profile.key_averages().table(sort_by="self_cpu_time_total", row_limit=30), file=sys.stderr)
    parameter_count = sum(p.numel() for p in parameters)
    place = "" if arguments.device == "cpu" else f" on {torch.cuda.get_device_name()}, TF32 {'on' if arguments.tf32 else 'off'}"
    report(arguments, batch_size, f"PyTorch {torch.__version__} {arguments.mode}{place}", parameter_count, import_megabytes, timed)


main()
