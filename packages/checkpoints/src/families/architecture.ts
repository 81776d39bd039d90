// The architecture of a ViT out of the shapes of its weights, with what shapes do not say from elsewhere.

import { SemmaeError } from '@semmae/core';

import type { DecoderArchitecture, HeadArchitecture, ViTArchitecture } from './public-model';
import { isAllowed } from './strict-report';

export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** What a configuration beside the weights, the arguments of a training or the caller say. */
export interface ArchitectureHints {
  heads?: number | undefined;
  decoderHeads?: number | undefined;
  depth?: number | undefined;
  decoderDepth?: number | undefined;
  imageSize?: { height: number; width: number } | undefined;
  positionGrid?: { rows: number; columns: number } | undefined;
  normEpsilon?: number | undefined;
}

/** An encoder but for its kind of positions, and how many rows of its position table belong to no patch. */
export interface EncoderShape {
  architecture: Omit<ViTArchitecture, 'positions' | 'positionInterpolation'>;
  /** Rows of `pos_embed` in front of those of the patches: of class, distillation and register tokens. */
  prefixRows: number;
}

export function encoderShape(
  path: string,
  shapes: Shapes,
  hints: ArchitectureHints,
  allowedToMiss: readonly string[] = [],
): EncoderShape {
  const [width, channels, patchHeight, patchWidth] = sizesOf(path, shapes, 'patch_embed.proj.weight', 4);
  const has = (name: string) => shapes.has(name);
  const registers = has('reg_token') ? sizesOf(path, shapes, 'reg_token', 3)[1] : 0;
  const tokens = Number(has('cls_token')) + Number(has('dist_token'));
  const [, rows] = sizesOf(path, shapes, 'pos_embed', 3);
  const patch = { height: patchHeight, width: patchWidth };
  const { grid, prefixRows } = positionGrid(path, rows, [tokens, 0, tokens + registers], patch, hints);
  const inBlocks = (name: string) => [...shapes.keys()].some((one) => one.startsWith('blocks.') && one.endsWith(name));
  return {
    prefixRows,
    architecture: {
      imageHeight: grid.rows * patchHeight,
      imageWidth: grid.columns * patchWidth,
      patchSize: patchHeight === patchWidth ? patchHeight : patch,
      channels,
      width,
      depth: depthOf(path, shapes, 'blocks', hints.depth),
      heads: dividing(path, width, hints.heads ?? headsOf(path, width)),
      ...hiddenLayer(path, shapes, 'blocks', width),
      ...(has('cls_token') ? {} : { classToken: false as const }),
      ...(has('dist_token') ? { distillationToken: true as const } : {}),
      ...(registers > 0 ? { registers } : {}),
      ...(prefixRows === 0 && tokens > 0 ? { classPosition: false as const } : {}),
      ...(inBlocks('.ls1.gamma') ? { layerScale: 1 } : {}),
      ...(inBlocks('.attn.qkv.bias') ? {} : { qkvBias: false as const }),
      ...(has('patch_embed.proj.bias') ? {} : { patchBias: false as const }),
      ...(has('norm_pre.weight') ? { preNorm: true as const } : {}),
      ...finalNorm(shapes, allowedToMiss),
      ...normEpsilon(hints.normEpsilon ?? (has('norm_pre.weight') ? 1e-5 : 1e-6)), // timm's models with a norm in front are CLIP's
      ...(has('masked_embed') ? { maskToken: true as const } : {}),
      positionGrid: grid,
    },
  };
}

/** The decoder of a masked autoencoder, where there is one. */
export function decoderShape(
  path: string,
  shapes: Shapes,
  { positionGrid: grid, patchSize, channels, width: encoderWidth }: EncoderShape['architecture'],
  hints: ArchitectureHints,
): DecoderArchitecture | undefined {
  if (!shapes.has('decoder_embed.weight')) return undefined;
  const [width] = sizesOf(path, shapes, 'decoder_embed.weight', 2);
  const depth = depthOf(path, shapes, 'decoder_blocks', hints.decoderDepth);
  const heads = hints.decoderHeads ?? decoderHeadsOf(path, width);
  const { mlpRatio, hiddenWidth } = hiddenLayer(path, shapes, 'decoder_blocks', width);
  return { grid, patchSize, channels, encoderWidth, width, depth, heads, mlpRatio: mlpRatio ?? hiddenWidth! / width };
}

/** The projection heads by name. */
export function headShapes(path: string, shapes: Shapes, inputWidth: number): Map<string, HeadArchitecture> {
  const heads = new Map<string, HeadArchitecture>();
  for (const key of shapes.keys()) {
    const name = /^([a-z_]*head)\.last_layer\.weight_v$/.exec(key)?.[1]; // of a student beside a teacher it has a path
    if (name === undefined) continue;
    const [prototypes, bottleneckWidth] = sizesOf(path, shapes, key, 2);
    const layers = [...shapes.keys()].filter((one) => one.startsWith(`${name}.mlp.`) && one.endsWith('.weight')).length;
    const numbered = Array.from({ length: layers }, (_, index) => `${name}.mlp.${2 * index}.weight`);
    // With batch norm between the layers, their numbers are others: such a head is left out.
    if (layers > 1 && !numbered.every((layer) => shapes.get(layer)?.shape.length === 2)) continue;
    const hidden = layers > 1 ? { hiddenWidth: sizesOf(path, shapes, numbered[0]!, 2)[0] } : {};
    const patchKey = `${name}.last_layer2.weight_v`;
    const patch = shapes.has(patchKey) ? { patchPrototypes: sizesOf(path, shapes, patchKey, 2)[0] } : {};
    heads.set(name, { inputWidth, ...hidden, bottleneckWidth, prototypes, ...patch, layers });
  }
  return heads;
}

/** The grid of a table of so many rows, of which some of the `prefixes` counts come before the patches. */
function positionGrid(
  path: string,
  rows: number,
  prefixes: readonly number[],
  patch: { height: number; width: number },
  hints: ArchitectureHints,
): { grid: { rows: number; columns: number }; prefixRows: number } {
  const { imageSize } = hints;
  const known = hints.positionGrid ?? {
    rows: Math.floor((imageSize?.height ?? 0) / patch.height),
    columns: Math.floor((imageSize?.width ?? 0) / patch.width),
  };
  const given = prefixes.find((prefix) => rows - prefix === known.rows * known.columns);
  if (given !== undefined) return { grid: known, prefixRows: given };
  const square = prefixes.find((prefix) => Number.isInteger(Math.sqrt(rows - prefix)) && rows > prefix);
  if (square !== undefined && hints.positionGrid === undefined) {
    const side = Math.sqrt(rows - square);
    return { grid: { rows: side, columns: side }, prefixRows: square };
  }
  throw new SemmaeError({
    where: path,
    requirement: `the ${rows} rows of pos_embed must be ${[...new Set(prefixes)].join(' or ')} tokens and a grid of patches`,
    got: hints.positionGrid === undefined ? 'no square' : `${known.rows} × ${known.columns}`,
    remedy: 'give the rows and columns with positionGrid',
  });
}

function hiddenLayer(
  path: string,
  shapes: Shapes,
  blocks: string,
  width: number,
): { mlpRatio?: number; hiddenWidth?: number; mlp?: 'swiglu' } {
  const nameOf = (end: string) =>
    [...shapes.keys()].find((name) => name.startsWith(`${blocks}.`) && name.endsWith(end));
  const first = sizesOf(path, shapes, nameOf('.mlp.fc1.weight') ?? `${blocks}.0.mlp.fc1.weight`, 2)[0];
  const second = sizesOf(path, shapes, nameOf('.mlp.fc2.weight') ?? `${blocks}.0.mlp.fc2.weight`, 2)[1];
  const ratio = second / width;
  return {
    ...(Number.isInteger(ratio) ? { mlpRatio: ratio } : { hiddenWidth: second }),
    ...(first === 2 * second ? { mlp: 'swiglu' as const } : {}),
  };
}

function depthOf(path: string, shapes: Shapes, blocks: string, given: number | undefined): number {
  const numbers = [...shapes.keys()].flatMap((name) =>
    name.startsWith(`${blocks}.`) ? Number(name.split('.')[1]) : [],
  );
  const depth = given ?? 1 + numbers.reduce((most, number) => (number > most ? number : most), -1);
  if (Number.isInteger(depth) && depth <= shapes.size) return depth;
  const requirement = `${blocks} must be numbered from 0 to their count`;
  throw new SemmaeError({ where: path, requirement, got: `${depth} blocks in ${shapes.size} tensors` });
}

/** Widths whose published models do not have 64 columns a head: ViT-H, ViT-g, ViT-G (Zhai et al., Table 2), SO-400M. */
const publishedHeads: Readonly<Record<number, number>> = { 1280: 16, 1408: 16, 1664: 16, 1152: 16 };

function dividing(path: string, width: number, heads: number): number {
  if (width % heads === 0) return heads;
  const remedy = `pass heads, such as ${Math.max(1, Math.round(width / 64))}`;
  throw new SemmaeError({ where: path, requirement: `heads must divide the width ${width}`, got: heads, remedy });
}

function headsOf(path: string, width: number): number {
  const heads = publishedHeads[width] ?? width / 64;
  if (Number.isInteger(heads)) return heads;
  throw unknownHeads(path, 'heads', width);
}

/** MAE's decoders have 16 heads of 32 columns. */
function decoderHeadsOf(path: string, width: number): number {
  if (width % 32 === 0) return width / 32;
  throw unknownHeads(path, 'decoderHeads', width);
}

function unknownHeads(path: string, option: string, width: number): SemmaeError {
  const requirement = `the number of attention heads must be known: shapes do not say it`;
  const remedy = `give ${option}, or put the config.json of the model beside the file`;
  return new SemmaeError({ where: path, requirement, got: `width ${width}`, remedy });
}

function finalNorm(shapes: Shapes, allowedToMiss: readonly string[]): { finalNorm?: 'pooled' | 'none' } {
  if (shapes.has('norm.weight')) return {};
  if (shapes.has('fc_norm.weight')) return { finalNorm: 'pooled' };
  return isAllowed('norm.weight', allowedToMiss) ? { finalNorm: 'none' } : {};
}

function normEpsilon(epsilon: number): { normEpsilon?: number } {
  return epsilon === 1e-6 ? {} : { normEpsilon: epsilon };
}

function sizesOf<Rank extends 2 | 3 | 4>(path: string, shapes: Shapes, name: string, rank: Rank): Sizes[Rank] {
  const shape = shapes.get(name)?.shape;
  if (shape?.length === rank) return shape as unknown as Sizes[Rank];
  const got = shape === undefined ? 'none' : `[${shape.join(', ')}]`;
  const rotary = name === 'pos_embed' && shape === undefined;
  const remedy = rotary
    ? 'take a model that has a table of positions: rotary ones cannot be computed here'
    : 'take the whole weights of a plain ViT';
  throw new SemmaeError({ where: path, requirement: `${name} must be there, with ${rank} axes`, got, remedy });
}

interface Sizes {
  2: [number, number];
  3: [number, number, number];
  4: [number, number, number, number];
}
