// The samples of many shards under one running index.

import { assertIndex } from '../../assert-index';
import { lastAtMost } from '../../last-at-most';
import type { ImageSource } from '../image-source';
import { packedKey } from '../key-table';
import { openShards } from './open-shards';
import type { Shard } from './read-shard';
import type { ShardFiles } from './shard-index';
import type { ResolvedTarFields } from './tar-fields';
import { type IdRule, sampleId } from './unique-samples';

export interface ShardSamplesOptions {
  name: string;
  /** For each shard the samples that count; undefined for all. */
  kept: readonly (Uint32Array | undefined)[];
  ids: IdRule;
  fields: ResolvedTarFields;
}

/** Reads samples by their place. Shards without samples have no part in it. */
export function shardSamples(
  all: readonly Shard[],
  { name, kept, ids, fields }: ShardSamplesOptions,
): Pick<ImageSource, 'length' | 'shardStarts' | 'idAt' | 'labelAt' | 'read'> & { close(): void } {
  const filled = all
    .map((shard, position) => ({
      shard,
      kept: kept[position],
      count: kept[position]?.length ?? shard.index.labels.length,
    }))
    .filter(({ count }) => count > 0);
  const shardStarts = new Uint32Array(filled.length);
  for (let shard = 1; shard < filled.length; shard++)
    shardStarts[shard] = shardStarts[shard - 1]! + filled[shard - 1]!.count;
  const length = (shardStarts.at(-1) ?? 0) + (filled.at(-1)?.count ?? 0);
  const files = openShards(filled.map(({ shard }) => shard.file));

  function placeOf(index: number): { number: number; shard: Shard; position: number } {
    assertIndex(name, index, length);
    const number = lastAtMost(shardStarts, index);
    const { shard, kept } = filled[number]!;
    const position = index - shardStarts[number]!;
    return { number, shard, position: kept?.[position] ?? position };
  }

  function labelAt(index: number): number | undefined {
    const { shard, position } = placeOf(index);
    const label = shard.index.labels[position]!;
    return label < 0 ? undefined : label;
  }

  async function read(index: number) {
    const { number, shard, position } = placeOf(index);
    const key = packedKey(shard.index.keys, position);
    const file = async ({ offsets, sizes, fields: fieldOf }: ShardFiles, names: readonly string[]) => ({
      bytes: await files.read(number, offsets[position]!, sizes[position]!),
      name: `${shard.file.name}/${key}.${names[fieldOf[position]!]}`,
    });
    const { images, masks } = shard.index;
    const [image, mask] = await Promise.all([
      file(images, fields.image),
      masks === undefined || masks.sizes[position] === 0 ? undefined : file(masks, fields.mask),
    ]);
    const names = { image: image.name, mask: mask?.name };
    return { image: image.bytes, mask: mask?.bytes, label: labelAt(index), names };
  }

  const idAt = (index: number) => {
    const { shard, position } = placeOf(index);
    return sampleId(shard, position, ids);
  };
  return { length, shardStarts, idAt, labelAt, read, close: files.close };
}
