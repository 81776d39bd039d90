// Reads and checks the beginning of a part-map shard.

import { SemmaeError } from '@semmae/core';

import { checkShardSettings } from './check-shard-settings';
import type { PartShardSettings } from './part-shard';
import type { ShardFile } from './shard-file';
import { type ShardTensorName, shardFormat, shardLayout, shardVersion, type TensorPlace } from './shard-layout';

export interface ShardHeader {
  settings: PartShardSettings;
  count: number;
  /** First byte of each tensor in the file. */
  startOf: Readonly<Record<ShardTensorName, number>>;
  /** Bytes of the file. */
  end: number;
}

type SafetensorsHeader = Partial<Record<ShardTensorName, TensorPlace>> & {
  __metadata__?: Partial<Record<'format' | 'version' | 'header', string>>;
};

const longestHeader = 2 ** 20;

export function readShardHeader(path: string, file: ShardFile): ShardHeader {
  const length = file.size < 8 ? Number.NaN : Number(file.bytesSync(0, 8).readBigUInt64LE());
  if (!(length <= longestHeader)) throw problem(path, 'be a part-map shard', 'another kind of file');
  if (8 + length > file.size) throw truncated(path, 8 + length, file.size);
  const { __metadata__: metadata = {}, ...tensors } = parse<SafetensorsHeader>(
    path,
    file.bytesSync(8, length).toString('utf8'),
  );
  if (metadata.format !== shardFormat)
    throw problem(path, 'be a part-map shard', metadata.format ?? 'another kind of file');
  if (metadata.version !== shardVersion) {
    throw problem(path, `have format version ${shardVersion}`, metadata.version, 'write it anew with this version');
  }
  const { count, ...stored } = parse<PartShardSettings & { count: number }>(path, metadata.header ?? '');
  const settings = checkShardSettings(`openPartShard: ${path}`, stored);
  const idBytes = tensors.ids?.shape[0] ?? 0;
  const layout = shardLayout(settings, count, idBytes);
  if (JSON.stringify(tensors) !== JSON.stringify(Object.fromEntries(layout.tensors))) {
    throw problem(path, 'list the tensors that its settings ask for', Object.keys(tensors));
  }
  const end = 8 + length + layout.dataBytes;
  if (file.size !== end) throw truncated(path, end, file.size);
  const startOf = { scores: 0, labels: 0, fingerprints: 0, ids: 0 };
  for (const [name, { data_offsets }] of layout.tensors) startOf[name] = 8 + length + data_offsets[0];
  return { settings, count, startOf, end };
}

function parse<T>(path: string, json: string): T {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // said below
  }
  throw problem(path, 'be a part-map shard', 'a header that is no JSON object');
}

function truncated(path: string, expected: number, got: number): SemmaeError {
  return problem(path, `have ${expected} bytes`, `${got}`, 'it is truncated or damaged: copy or write it anew');
}

function problem(path: string, rule: string, got: unknown, remedy?: string): SemmaeError {
  return new SemmaeError({ where: 'openPartShard', requirement: `${path} must ${rule}`, got, remedy });
}
