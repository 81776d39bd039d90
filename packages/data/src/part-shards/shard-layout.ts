// The file format of part-map shards: safetensors (https://huggingface.co/docs/safetensors), which Python reads in one line.
//
// u64 header length, JSON header, then: scores F16 or U8 [n, rows, columns], labels U8 [n, rows, columns],
// fingerprints U8 [n, 32], ids U8 [bytes] (names, each ended by a line feed). Scores come first, so that they are aligned.

import type { PartShardSettings } from './part-shard';

export const shardFormat = 'semmae-part-maps';
export const shardVersion = '1';

/** Bytes of a SHA-256; all zero where it is not known. */
export const fingerprintBytes = 32;

export interface TensorPlace {
  dtype: 'F16' | 'U8';
  shape: number[];
  /** From the end of the header. */
  data_offsets: [begin: number, end: number];
}

export type ShardTensorName = 'scores' | 'labels' | 'fingerprints' | 'ids';

export interface ShardLayout {
  /** In the order of the file. */
  tensors: [ShardTensorName, TensorPlace][];
  dataBytes: number;
}

/** Bytes of an image's scores; 0 if none are kept. */
export function scoreBytes({ grid, scores }: PartShardSettings): number {
  const bytesEach = { float16: 2, uint8: 1, none: 0 }[scores];
  return bytesEach * grid.rows * grid.columns;
}

/** Where everything lies in a shard of `count` images whose names take `idBytes`. */
export function shardLayout(settings: PartShardSettings, count: number, idBytes: number): ShardLayout {
  const map = [count, settings.grid.rows, settings.grid.columns];
  const wanted: [ShardTensorName, TensorPlace['dtype'], number[]][] = [
    ['labels', 'U8', map],
    ['fingerprints', 'U8', [count, fingerprintBytes]],
    ['ids', 'U8', [idBytes]],
  ];
  if (settings.scores !== 'none') wanted.unshift(['scores', settings.scores === 'float16' ? 'F16' : 'U8', map]);
  let dataBytes = 0;
  const tensors = wanted.map(([name, dtype, shape]): [ShardTensorName, TensorPlace] => {
    const begin = dataBytes;
    dataBytes += shape.reduce((product, extent) => product * extent, dtype === 'F16' ? 2 : 1);
    return [name, { dtype, shape, data_offsets: [begin, dataBytes] }];
  });
  return { tensors, dataBytes };
}

/** The beginning of the file, up to the first tensor. */
export function encodeShardHeader(settings: PartShardSettings, count: number, idBytes: number): Buffer {
  const metadata = {
    format: shardFormat,
    version: shardVersion,
    header: JSON.stringify({ format: shardFormat, version: shardVersion, ...settings, count }),
  };
  const { tensors } = shardLayout(settings, count, idBytes);
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(tensors) });
  const length = Math.ceil(Buffer.byteLength(json) / 8) * 8; // safetensors aligns the values to 8 bytes
  const encoded = Buffer.alloc(8 + length, ' ');
  encoded.writeBigUInt64LE(BigInt(length));
  encoded.write(json, 8);
  return encoded;
}
