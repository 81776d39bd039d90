// The names of all families as timm's. Queries, keys and values that are apart become `attn.q`, `attn.k`, `attn.v`.

import type { Network } from './find-network';

type Rule = readonly [pattern: RegExp, replacement: string];

/** Of MAE, iBOT, DINO, DINOv2, DeiT, BEiT and timm: they differ in a few names only. */
const timmRules: readonly Rule[] = [
  [/^register_tokens$/, 'reg_token'],
  [/^blocks\.\d+\.(\d+)\./, 'blocks.$1.'], // a DINOv2 training keeps its blocks in chunks
  [/\.gamma_([12])$/, '.ls$1.gamma'],
  [/\.mlp\.w12\./, '.mlp.fc1.'],
  [/\.mlp\.w3\./, '.mlp.fc2.'],
  [/\.attn\.([qv])_bias$/, '.attn.$1.bias'],
];

/** Of the library transformers, in the files of its releases and in the modules of release 5. */
const transformersRules: readonly Rule[] = [
  [/^decoder\.decoder_(?:layers|encoder\.layer)\.(\d+)\./, 'decoder_blocks.$1.'],
  [/^decoder\.(?:decoder_)?(embed|norm|pred|pos_embed)\b/, 'decoder_$1'],
  [/^decoder\.mask_token$/, 'mask_token'],
  [/^embeddings\.(cls_token|mask_token)$/, '$1'],
  [/^embeddings\.distillation_token$/, 'dist_token'],
  [/^embeddings\.register_tokens$/, 'reg_token'],
  [/^embeddings\.position_embeddings$/, 'pos_embed'],
  [/^embeddings\.patch_embeddings\.projection\./, 'patch_embed.proj.'],
  [/^(?:encoder\.)?layers?\.(\d+)\./, 'blocks.$1.'],
  [/\.attention\.(?:attention\.)?(query|key|value)\./, '.attn.$1.'],
  [/\.attention\.([qkv])_proj\./, '.attn.$1.'],
  [/\.attn\.([qkv])[a-z]+\./, '.attn.$1.'],
  // Before `output.dense`, which is the end of this name too.
  [/\.attention\.(?:output\.dense|o_proj)\./, '.attn.proj.'],
  [/\.intermediate\.dense\./, '.mlp.fc1.'],
  [/\.output\.dense\./, '.mlp.fc2.'],
  [/\.mlp\.weights_in\./, '.mlp.fc1.'],
  [/\.mlp\.weights_out\./, '.mlp.fc2.'],
  [/\.layernorm_before\./, '.norm1.'],
  [/\.layernorm_after\./, '.norm2.'],
  [/\.layer_scale([12])\.lambda1$/, '.ls$1.gamma'],
  [/\.lambda_([12])$/, '.ls$1.gamma'],
  [/^pooler\.layernorm\./, 'fc_norm.'],
  [/^layernorm\./, 'norm.'],
];

/** Of projection heads: a weight norm of PyTorch's newer kind has the same two parts. */
const headRules: readonly Rule[] = [
  [/\.parametrizations\.weight\.original0$/, '.weight_g'],
  [/\.parametrizations\.weight\.original1$/, '.weight_v'],
];

/** A name of a network as timm's, or as it was where no rule knows it. */
export function canonicalName(name: string, naming: Network['naming']): string {
  const rules = naming === 'timm' ? timmRules : transformersRules;
  return [...rules, ...headRules].reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name);
}

/** What files hold besides an encoder, a decoder and projection heads, in names that went through `canonicalName`. */
const reasons: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^(head|head_dist|fc|pre_logits)\.(\d+\.|fc\.)?(weight|bias|running_mean|running_var|num_batches_tracked)$/,
    'classification head',
  ],
  [/^(classifier|cls_classifier|distillation_classifier)\./, 'classification head'],
  [/^lm_head\./, 'head that predicts visual tokens'],
  [/^pooler\.dense\./, 'pooler'],
  [/^decoder\.0\./, 'pixel head of SimMIM'],
  [/^[a-z_]*head\.(mlp|last_layer2?)\./, 'projection head of another kind'],
  [/^(optimizers?|optim)\./, 'optimizer'],
  [/^((fp16_|amp_|loss_)?scaler|lr_schedulers?|scheduler)\./, 'state of the training'],
  [/^[a-z0-9_]*loss\./, 'state of the loss'],
  [/^student\./, 'student'],
  [/^teacher\./, 'teacher'],
];

/** Why a tensor is not needed; undefined where nothing is known about it. */
export function reasonToLeaveOut(name: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(name))?.[1];
}
