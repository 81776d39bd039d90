import { describe, expect, it } from 'vitest';

import { canonicalName, reasonToLeaveOut } from './weight-names';

describe('canonicalName', () => {
  it.each([
    ['blocks.3.mlp.w12.weight', 'blocks.3.mlp.fc1.weight'], // DINOv2's giant
    ['blocks.3.mlp.w3.bias', 'blocks.3.mlp.fc2.bias'],
    ['blocks.2.11.norm1.weight', 'blocks.11.norm1.weight'], // a DINOv2 training, in chunks
    ['blocks.0.gamma_2', 'blocks.0.ls2.gamma'], // iBOT, BEiT
    ['blocks.0.attn.q_bias', 'blocks.0.attn.q.bias'],
    ['register_tokens', 'reg_token'],
    ['decoder_blocks.1.attn.qkv.weight', 'decoder_blocks.1.attn.qkv.weight'],
    ['head.last_layer.parametrizations.weight.original0', 'head.last_layer.weight_g'],
    ['head.last_layer.parametrizations.weight.original1', 'head.last_layer.weight_v'],
  ])('knows %s of the original code as %s', (name, canonical) => {
    expect(canonicalName(name, 'timm')).toBe(canonical);
  });

  it.each([
    // Two modules are called output.dense.
    ['encoder.layer.7.attention.output.dense.weight', 'blocks.7.attn.proj.weight'],
    ['encoder.layer.7.output.dense.weight', 'blocks.7.mlp.fc2.weight'],
    ['encoder.layer.7.intermediate.dense.bias', 'blocks.7.mlp.fc1.bias'],
    ['encoder.layer.7.attention.attention.query.bias', 'blocks.7.attn.q.bias'],
    ['encoder.layer.7.layernorm_after.weight', 'blocks.7.norm2.weight'],
    ['encoder.layer.7.layer_scale1.lambda1', 'blocks.7.ls1.gamma'], // DINOv2
    ['encoder.layer.7.lambda_1', 'blocks.7.ls1.gamma'], // BEiT
    ['encoder.layer.7.mlp.weights_in.weight', 'blocks.7.mlp.fc1.weight'],
    // Modules of version 5, as torch.save has them.
    ['layers.7.attention.k_proj.weight', 'blocks.7.attn.k.weight'],
    ['layers.7.attention.o_proj.weight', 'blocks.7.attn.proj.weight'],
    ['layers.7.mlp.fc1.weight', 'blocks.7.mlp.fc1.weight'],
    // ViTMAE's decoder as facebook/vit-mae-* have it, and as version 5 saves it.
    ['decoder.decoder_layers.2.attention.output.dense.bias', 'decoder_blocks.2.attn.proj.bias'],
    ['decoder.decoder_encoder.layer.2.output.dense.bias', 'decoder_blocks.2.mlp.fc2.bias'],
    ['decoder.decoder_pos_embed', 'decoder_pos_embed'],
    ['decoder.decoder_pred.weight', 'decoder_pred.weight'],
    ['decoder.mask_token', 'mask_token'],
    ['embeddings.position_embeddings', 'pos_embed'],
    ['embeddings.distillation_token', 'dist_token'],
  ])('knows %s of transformers as %s', (name, canonical) => {
    expect(canonicalName(name, 'transformers')).toBe(canonical);
  });
});

describe('reasonToLeaveOut', () => {
  it.each([
    ['head.weight', 'classification head'],
    ['head.0.running_var', 'classification head'], // MAE's linear probe: batch norm, then linear
    ['head_dist.bias', 'classification head'],
    ['optimizer.state.7.exp_avg_sq', 'optimizer'],
    ['ibot_patch_loss.center', 'state of the loss'],
    ['student.module.head.last_layer.weight_g', 'student'],
  ])('of %s is: %s', (name, why) => {
    expect(reasonToLeaveOut(name)).toBe(why);
  });

  it.each(['blocks.0.attn.gate', 'decoder_head.weight'])('is nothing for %s', (name) => {
    expect(reasonToLeaveOut(name)).toBeUndefined();
  });
});
