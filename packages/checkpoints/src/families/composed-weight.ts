// Canonical weights out of tensors of a file: most are one tensor, some are several side by side.

import { SemmaeError } from '@semmae/core';

import type { TensorFile } from '../tensors/tensor-file';
import type { PublicWeight, ViTArchitecture } from './public-model';

export interface ComposedWeight {
  shape: readonly number[];
  /** Names in the file. */
  sources: readonly string[];
  /** The values, out of those of the sources. Default: those of the only source. */
  combine?: (parts: Float32Array[]) => Float32Array;
}

/** Values of a composed weight, read when asked for. */
export function publicWeight(file: TensorFile, { shape, sources, combine }: ComposedWeight): PublicWeight {
  return {
    shape,
    sources,
    async read() {
      const parts: Float32Array[] = [];
      for (const name of sources) parts.push(await finiteValues(file, name));
      return combine === undefined ? parts[0]! : combine(parts);
    },
  };
}

async function finiteValues(file: TensorFile, name: string): Promise<Float32Array> {
  const { dtype } = file.entries.get(name)!;
  if (!['F64', 'F32', 'F16', 'BF16'].includes(dtype)) {
    const remedy = 'quantized weights are not read: take the file in floating point';
    throw new SemmaeError({ where: file.path, requirement: `${name} must be of floating point`, got: dtype, remedy });
  }
  const read = await file.read(name);
  const values = read instanceof Float32Array ? read : Float32Array.from(read as Float64Array);
  const at = firstNonFinite(values);
  if (at === -1) return values;
  const remedy =
    dtype === 'F32'
      ? 'the training diverged: take an earlier file'
      : 'it did not fit half precision: take the file in float32';
  throw new SemmaeError({
    where: file.path,
    requirement: `${name} must be finite`,
    got: `${values[at]} at ${at}`,
    remedy,
  });
}

/** A loop of its own: with a callback for each value, it took most of the time of loading. */
function firstNonFinite(values: Float32Array): number {
  for (let at = 0; at < values.length; at++) if (values[at]! - values[at]! !== 0) return at;
  return -1;
}

/** The tensors of a network by canonical name, those that belong together joined, such as q, k and v. */
export function composeWeights(
  tensors: ReadonlyMap<string, { source: string; shape: readonly number[] }>,
): Map<string, ComposedWeight> {
  const weights = new Map<string, ComposedWeight>();
  for (const [name, { source, shape }] of tensors) weights.set(name, { shape, sources: [source] });
  for (const name of tensors.keys()) {
    if (/\.attn\.q\.(weight|bias)$/.test(name)) joinQueryKeyValue(weights, name);
    if (/(^|\.)last_layer2?\.weight$/.test(name)) separateWeightNorm(weights, name);
  }
  const maskToken = weights.get('mask_token');
  if (maskToken !== undefined && !weights.has('decoder_embed.weight')) {
    // DINOv2, BEiT: it stands for a hidden patch before positions are added, as iBOT's `masked_embed` [1, D] does.
    weights.delete('mask_token');
    weights.set('masked_embed', { ...maskToken, shape: [1, maskToken.shape.at(-1)!] });
  }
  return weights;
}

function joinQueryKeyValue(weights: Map<string, ComposedWeight>, nameOfQuery: string): void {
  const [start, kind] = nameOfQuery.split('.q.') as [string, 'weight' | 'bias'];
  const [query, key, value] = ['q', 'k', 'v'].map((letter) => weights.get(`${start}.${letter}.${kind}`));
  const keyIsZero = key === undefined && kind === 'bias'; // BEiT: a bias of the keys changes nothing, the softmax removes it
  if (query === undefined || value === undefined || (key === undefined && !keyIsZero)) return;
  const parts = [query, ...(key === undefined ? [] : [key]), value];
  if (parts.some(({ shape }) => String(shape) !== String(query.shape))) return;
  const sources = parts.flatMap((part) => part.sources);
  for (const letter of ['q', 'k', 'v']) weights.delete(`${start}.${letter}.${kind}`);
  weights.set(`${start}.qkv.${kind}`, {
    shape: query.shape.with(0, 3 * query.shape[0]!),
    sources,
    combine: (values) => joined(keyIsZero ? values.toSpliced(1, 0, new Float32Array(values[0]!.length)) : values),
  });
}

function joined(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}

/** Prototypes w whose weight norm is folded already: w = g · v / |v| with v = w and g = |w|, row by row. */
function separateWeightNorm(weights: Map<string, ComposedWeight>, name: string): void {
  const folded = weights.get(name)!;
  const [rows, columns] = folded.shape as [number, number];
  weights.delete(name);
  weights.set(`${name}_v`, folded);
  weights.set(`${name}_g`, {
    shape: [rows, 1],
    sources: folded.sources,
    combine: ([values]) =>
      Float32Array.from({ length: rows }, (_, row) => norm(values!.subarray(row * columns, (row + 1) * columns))),
  });
}

function norm(row: Float32Array): number {
  return Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
}

/**
 * Adds the positions of register tokens to the tokens themselves, which gives the same sum: the ViT here has registers without
 * positions. `prefixRows` rows of `pos_embed` come before those of the patches.
 */
export function foldRegisterPositions(
  weights: Map<string, ComposedWeight>,
  { registers = 0, width, positionGrid }: Pick<ViTArchitecture, 'registers' | 'width' | 'positionGrid'>,
  prefixRows: number,
): void {
  const tokens = prefixRows - registers;
  const [table, register] = [weights.get('pos_embed')!, weights.get('reg_token')];
  if (register === undefined || prefixRows === 0 || tokens < 0 || !hasRegisterRows(weights, prefixRows)) return;
  const [begin, end] = [tokens * width, prefixRows * width];
  weights.set('reg_token', {
    ...register,
    sources: [...register.sources, ...table.sources],
    combine: ([values, positions]) => values!.map((value, at) => value + positions![begin + at]!),
  });
  weights.set('pos_embed', {
    shape: [1, tokens + positionGrid.rows * positionGrid.columns, width],
    sources: table.sources,
    combine: ([positions]) => joined([positions!.subarray(0, begin), positions!.subarray(end)]),
  });
}

function hasRegisterRows(weights: ReadonlyMap<string, ComposedWeight>, prefixRows: number): boolean {
  return prefixRows > Number(weights.has('cls_token')) + Number(weights.has('dist_token'));
}
