// The weights that an architecture has, by canonical name, with their shapes in PyTorch's layout.

import type { DecoderArchitecture, HeadArchitecture, ViTArchitecture } from './public-model';

type Shaped = [name: string, shape: number[]];

export function expectedWeights(
  encoder: Omit<ViTArchitecture, 'positions' | 'positionInterpolation'>,
  decoder: DecoderArchitecture | undefined,
  heads: ReadonlyMap<string, HeadArchitecture>,
): Map<string, number[]> {
  return new Map([
    ...encoderWeights(encoder),
    ...(decoder === undefined ? [] : decoderWeights(decoder)),
    ...[...heads].flatMap(([name, head]) => headWeights(name, head)),
  ]);
}

function encoderWeights(encoder: Omit<ViTArchitecture, 'positions' | 'positionInterpolation'>): Shaped[] {
  const { width, depth, channels, patchSize, registers = 0, positionGrid, finalNorm = 'tokens' } = encoder;
  const { height, width: patchWidth } =
    typeof patchSize === 'number' ? { height: patchSize, width: patchSize } : patchSize;
  const tokens = Number(encoder.classToken !== false) + Number(encoder.distillationToken === true);
  const rows = positionGrid.rows * positionGrid.columns + (encoder.classPosition === false ? 0 : tokens);
  const block = {
    hidden: encoder.hiddenWidth ?? encoder.mlpRatio! * width,
    gated: encoder.mlp === 'swiglu',
    qkvBias: encoder.qkvBias !== false,
    layerScale: encoder.layerScale !== undefined,
  };
  return [
    ...(encoder.classToken === false ? [] : [one('cls_token', 1, 1, width)]),
    ...(encoder.distillationToken ? [one('dist_token', 1, 1, width)] : []),
    ...(registers > 0 ? [one('reg_token', 1, registers, width)] : []),
    one('pos_embed', 1, rows, width),
    ...(encoder.maskToken ? [one('masked_embed', 1, width)] : []),
    one('patch_embed.proj.weight', width, channels, height, patchWidth),
    ...(encoder.patchBias === false ? [] : [one('patch_embed.proj.bias', width)]),
    ...(encoder.preNorm ? norm('norm_pre', width) : []),
    ...blocks('blocks', depth, width, block),
    ...(finalNorm === 'none' ? [] : norm(finalNorm === 'pooled' ? 'fc_norm' : 'norm', width)),
  ];
}

function decoderWeights({
  grid,
  patchSize,
  channels,
  encoderWidth,
  width,
  depth,
  mlpRatio,
}: DecoderArchitecture): Shaped[] {
  const pixels = typeof patchSize === 'number' ? patchSize ** 2 : patchSize.height * patchSize.width;
  const block = { hidden: mlpRatio * width, gated: false, qkvBias: true, layerScale: false };
  return [
    ...linear('decoder_embed', encoderWidth, width),
    one('mask_token', 1, 1, width),
    one('decoder_pos_embed', 1, 1 + grid.rows * grid.columns, width),
    ...blocks('decoder_blocks', depth, width, block),
    ...norm('decoder_norm', width),
    ...linear('decoder_pred', width, pixels * channels),
  ];
}

function headWeights(name: string, head: HeadArchitecture): Shaped[] {
  const { inputWidth, hiddenWidth = 0, bottleneckWidth, prototypes, patchPrototypes, layers } = head;
  const lastLayer = (layer: string, count: number) => [
    one(`${name}.${layer}.weight_v`, count, bottleneckWidth),
    one(`${name}.${layer}.weight_g`, count, 1),
  ];
  const widths = [inputWidth, ...Array<number>(layers - 1).fill(hiddenWidth), bottleneckWidth];
  return [
    ...Array.from({ length: layers }, (_, index) =>
      linear(layers === 1 ? `${name}.mlp` : `${name}.mlp.${2 * index}`, widths[index]!, widths[index + 1]!),
    ).flat(),
    ...lastLayer('last_layer', prototypes),
    ...(patchPrototypes === undefined ? [] : lastLayer('last_layer2', patchPrototypes)),
  ];
}

function blocks(
  prefix: string,
  depth: number,
  width: number,
  { hidden, gated, qkvBias, layerScale }: { hidden: number; gated: boolean; qkvBias: boolean; layerScale: boolean },
): Shaped[] {
  return Array.from({ length: depth }, (_, index) => {
    const start = `${prefix}.${index}`;
    return [
      ...norm(`${start}.norm1`, width),
      one(`${start}.attn.qkv.weight`, 3 * width, width),
      ...(qkvBias ? [one(`${start}.attn.qkv.bias`, 3 * width)] : []),
      ...linear(`${start}.attn.proj`, width, width),
      ...norm(`${start}.norm2`, width),
      ...linear(`${start}.mlp.fc1`, width, gated ? 2 * hidden : hidden),
      ...linear(`${start}.mlp.fc2`, hidden, width),
      ...(layerScale ? [one(`${start}.ls1.gamma`, width), one(`${start}.ls2.gamma`, width)] : []),
    ];
  }).flat();
}

function one(name: string, ...shape: number[]): Shaped {
  return [name, shape];
}

function norm(name: string, width: number): Shaped[] {
  return [one(`${name}.weight`, width), one(`${name}.bias`, width)];
}

function linear(name: string, inputs: number, outputs: number): Shaped[] {
  return [one(`${name}.weight`, outputs, inputs), one(`${name}.bias`, outputs)];
}
