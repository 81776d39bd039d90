// One shard: what is in it, from the cache where that knows it, and the file to read samples from.

import { resolve } from 'node:path';

import { compressionOf } from './decompress';
import { openShardFile, type ShardFile } from './shard-file';
import { indexShard, type ShardIndex } from './shard-index';
import type { ResolvedTarFields } from './tar-fields';
import { findUnpacked, type UnpackOptions, unpackShard } from './unpacked-shard';

export interface ReadShardOptions extends UnpackOptions {
  fields: ResolvedTarFields;
  /** Told before a compressed shard is unpacked. */
  onUnpack?: (() => void) | undefined;
}

export interface Shard {
  /** The plain archive. */
  file: ShardFile;
  index: ShardIndex;
}

export async function readShard(file: ShardFile, { fields, onUnpack, ...options }: ReadShardOptions): Promise<Shard> {
  const compression = await compressionOf(file);
  let unpacked = compression && (await findUnpacked(file, options));
  if (compression !== undefined && unpacked === undefined) {
    onUnpack?.();
    unpacked = await unpackShard(file, compression, options);
  }
  const plain = unpacked?.file ?? file;
  const key = { of: ['tar', resolve(file.path), fields], state: [file.size, file.mtimeMs] };
  const kept = options.indices.read<ShardIndex>(key);
  if (kept !== undefined) return { file: plain, index: kept };

  const open = await openShardFile(plain);
  try {
    const index = await indexShard(open, fields, { damage: unpacked?.damage, signal: options.signal });
    options.indices.write(key, index);
    return { file: plain, index };
  } finally {
    await open.close();
  }
}
