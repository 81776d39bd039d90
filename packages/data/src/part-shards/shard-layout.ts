// The file format of part-map shards: safetensors (https://huggingface.co/docs/safetensors), which Python reads in one line.

import type { TensorType } from '@semmae/checkpoints';

import type { PartShardSettings } from './part-shard';

export const shardFormat = 'semmae-part-maps/1';

/** Bytes of a SHA-256; all zero where it is not known. */
export const fingerprintBytes = 32;

/** `ids` are names, each ended by a line feed. */
export type ShardTensorName = 'scores' | 'labels' | 'fingerprints' | 'ids';

/** Bytes of an image's scores; 0 if none are kept. */
export function scoreBytes({ grid, scores }: PartShardSettings): number {
  const bytesEach = { float16: 2, uint8: 1, none: 0 }[scores];
  return bytesEach * grid.rows * grid.columns;
}

/** The tensors of a shard of `count` images whose names take `idBytes`, in the order of the file: scores first, so that they are aligned. */
export function shardTensors(
  { grid, scores }: PartShardSettings,
  count: number,
  idBytes: number,
): [ShardTensorName, { dtype: TensorType; shape: number[] }][] {
  const map = [count, grid.rows, grid.columns];
  const scoreTensors: ReturnType<typeof shardTensors> =
    scores === 'none' ? [] : [['scores', { dtype: scores === 'float16' ? 'F16' : 'U8', shape: map }]];
  return [
    ...scoreTensors,
    ['labels', { dtype: 'U8', shape: map }],
    ['fingerprints', { dtype: 'U8', shape: [count, fingerprintBytes] }],
    ['ids', { dtype: 'U8', shape: [idBytes] }],
  ];
}
