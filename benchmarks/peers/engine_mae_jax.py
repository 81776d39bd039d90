"""One MAE training step in JAX, jit-compiled: the peer of benchmarks/engine-mae.ts, with the same model, batch and optimizer.

Install: pip install "jax[cpu]" numpy (0.10.2 was measured). Written from the paper (https://arxiv.org/abs/2111.06377) and packages/vit.
"""

import os
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

arguments = read_arguments(["jit"])
os.environ["NPROC"] = str(arguments.threads)  # the size of XLA's thread pool
os.environ.setdefault("JAX_PLATFORMS", "cpu")
try:
    import jax
    import jax.numpy as jnp
    import numpy
except ImportError as error:
    print(f'engine_mae_jax.py: skipped, {error}; pip install "jax[cpu]" numpy', file=sys.stderr)
    sys.exit(3)

size = SIZES[arguments.model]
batch_size = arguments.batch or size["batch"]
patch, side = size["patch"], size["image"] // size["patch"]
width, depth, heads = size["encoder"]
decoder_width, decoder_depth, decoder_heads = size["decoder"]
positions = jnp.asarray(sin_cos_positions(numpy, side, width))
decoder_positions = jnp.asarray(sin_cos_positions(numpy, side, decoder_width))


def initial_weights():
    """Weights by name, kernels [inputs, outputs]."""
    rng = numpy.random.default_rng(1)
    weights = {}

    def linear(name, inputs, outputs):
        bound = (6 / (inputs + outputs)) ** 0.5
        weights[f"{name}.kernel"] = rng.uniform(-bound, bound, (inputs, outputs)).astype(numpy.float32)
        weights[f"{name}.bias"] = numpy.zeros(outputs, numpy.float32)

    def norm(name, features):
        weights[f"{name}.gamma"] = numpy.ones(features, numpy.float32)
        weights[f"{name}.beta"] = numpy.zeros(features, numpy.float32)

    def block(name, features):
        norm(f"{name}.norm1", features)
        linear(f"{name}.attn.qkv", features, 3 * features)
        linear(f"{name}.attn.proj", features, features)
        norm(f"{name}.norm2", features)
        linear(f"{name}.mlp.fc1", features, 4 * features)
        linear(f"{name}.mlp.fc2", 4 * features, features)

    weights["cls_token"] = 0.02 * rng.standard_normal((1, 1, width), dtype=numpy.float32)
    linear("patch_embed.proj", 3 * patch * patch, width)
    for index in range(depth):
        block(f"blocks.{index}", width)
    norm("norm", width)
    linear("decoder_embed", width, decoder_width)
    weights["mask_token"] = 0.02 * rng.standard_normal((1, 1, decoder_width), dtype=numpy.float32)
    for index in range(decoder_depth):
        block(f"decoder_blocks.{index}", decoder_width)
    norm("decoder_norm", decoder_width)
    linear("decoder_pred", decoder_width, 3 * patch * patch)
    return weights


def apply_linear(weights, name, x):
    return x @ weights[f"{name}.kernel"] + weights[f"{name}.bias"]


def apply_norm(weights, name, x):
    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + NORM_EPSILON) * weights[f"{name}.gamma"] + weights[f"{name}.beta"]


def apply_block(weights, name, x, head_count):
    batch, tokens, features = x.shape
    qkv = apply_linear(weights, f"{name}.attn.qkv", apply_norm(weights, f"{name}.norm1", x))
    queries, keys, values = jnp.moveaxis(qkv.reshape(batch, tokens, 3, head_count, -1), 2, 0)  # each [B, T, heads, D/heads]
    logits = jnp.einsum("bqhd,bkhd->bhqk", queries * (features // head_count) ** -0.5, keys)
    mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(logits), values)
    x = x + apply_linear(weights, f"{name}.attn.proj", mixed.reshape(batch, tokens, features))
    hidden = apply_linear(weights, f"{name}.mlp.fc1", apply_norm(weights, f"{name}.norm2", x))
    return x + apply_linear(weights, f"{name}.mlp.fc2", jax.nn.gelu(hidden, approximate=False))


def loss_of(weights, images, visible, masked):
    batch = images.shape[0]
    patches = images.reshape(batch, side, patch, side, patch, 3).swapaxes(2, 3).reshape(batch, side * side, -1)
    seen = jnp.take_along_axis(patches, visible[..., None], 1)
    x = apply_linear(weights, "patch_embed.proj", seen) + positions[1:][visible]  # [B, K, D]
    first = jnp.broadcast_to(weights["cls_token"] + positions[0], (batch, 1, width))
    x = jnp.concatenate([first, x], 1)
    for index in range(depth):
        x = apply_block(weights, f"blocks.{index}", x, heads)
    x = apply_linear(weights, "decoder_embed", apply_norm(weights, "norm", x))  # [B, 1 + K, D']
    places = jnp.concatenate([jnp.zeros_like(visible[:, :1]), 1 + visible], 1)
    hidden = weights["mask_token"] + decoder_positions[1 + masked]  # [B, M, D']
    x = jnp.concatenate([x + decoder_positions[places], hidden], 1)
    for index in range(decoder_depth):
        x = apply_block(weights, f"decoder_blocks.{index}", x, decoder_heads)
    # Norm and head run on the masked tokens alone, as in packages/vit.
    x = apply_norm(weights, "decoder_norm", x[:, -masked.shape[1] :])
    target = jnp.take_along_axis(patches, masked[..., None], 1)
    target = (target - target.mean(-1, keepdims=True)) * jax.lax.rsqrt(target.var(-1, keepdims=True, ddof=1) + 1e-6)
    return jnp.square(apply_linear(weights, "decoder_pred", x) - target).mean()


def train_step(weights, moments, step, images, visible, masked):
    loss, gradients = jax.value_and_grad(loss_of)(weights, images, visible, masked)
    beta1, beta2 = BETAS
    step_size = LEARNING_RATE / (1 - beta1**step)
    root = jnp.sqrt(1 - beta2**step)
    updated, updated_moments = {}, {}
    for name, gradient in gradients.items():
        first, second = moments[name]
        first = beta1 * first + (1 - beta1) * gradient
        second = beta2 * second + (1 - beta2) * jnp.square(gradient)
        decay = LEARNING_RATE * WEIGHT_DECAY if gradient.ndim > 1 else 0.0
        change = step_size * first / (jnp.sqrt(second) / root + EPSILON)
        updated[name] = weights[name] - decay * weights[name] - change
        updated_moments[name] = (first, second)
    return updated, updated_moments, loss


def main():
    import_megabytes = megabytes("VmRSS")
    start = read_start(numpy, arguments.start)
    weights, batch = (start.weights, start.batch) if start else (initial_weights(), make_batch(numpy, size, batch_size))
    weights = {name: jnp.asarray(values) for name, values in weights.items()}
    moments = {name: (jnp.zeros_like(values), jnp.zeros_like(values)) for name, values in weights.items()}
    images, visible, masked = (jnp.asarray(array) for array in batch)
    visible, masked = visible.astype(jnp.int32), masked.astype(jnp.int32)
    parameters = sum(values.size for values in weights.values())
    compiled = jax.jit(train_step, donate_argnums=(0, 1))
    state = [weights, moments, 0]
    del weights, moments

    def step():
        state[2] += 1
        state[0], state[1], loss = compiled(state[0], state[1], jnp.float32(state[2]), images, visible, masked)
        return float(loss)

    timed = time_steps(step, arguments.warmup, arguments.steps)
    report(arguments, batch_size, f"JAX {jax.__version__} jit", parameters, import_megabytes, timed)


main()
