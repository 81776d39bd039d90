// Samples whose ids are their own, over all shards.

import { SemmaeError } from '@semmae/core';

import { keyTable, packedKey } from '../key-table';
import type { LeftOut } from '../left-out';
import type { Shard } from './read-shard';
import { shardStem } from './shard-paths';

export type IdRule = 'key' | 'shard/key';

/** Of samples. Above it, keys do not tell samples apart, and to leave them out would lose most of the data. */
const mostRepeated = 0.1;

/** The id of a sample of a shard. */
export function sampleId({ file, index }: Shard, position: number, rule: IdRule): string {
  const key = packedKey(index.keys, position);
  return rule === 'key' ? key : `${shardStem(file.name)}/${key}`;
}

/**
 * For each shard the samples that have an id of their own: all (undefined), or a list of those whose id no earlier shard has. The
 * others are counted in `left`. Throws a SemmaeError where they are more than one in ten.
 */
export function uniqueSamples(shards: readonly Shard[], rule: IdRule, left: LeftOut): (Uint32Array | undefined)[] {
  if (shards.length < 2) return shards.map(() => undefined); // within a shard keys are unique
  const ids = keyTable();
  let total = 0;
  let first: string | undefined;
  const unique = shards.map((shard) => {
    const kept: number[] = [];
    const count = shard.index.labels.length;
    total += count;
    for (let position = 0; position < count; position++) {
      const [before, id] = [ids.size, sampleId(shard, position, rule)];
      if (ids.add(id) === before) kept.push(position);
      else {
        first ??= `${shard.file.name}/${id}`;
        left.add('sample of a repeated key', `${shard.file.name}/${id}`, 'an earlier shard has one of this key');
      }
    }
    return kept.length === count ? undefined : Uint32Array.from(kept);
  });
  if (total - ids.size <= mostRepeated * total) return unique;
  throw new SemmaeError({
    where: 'openTarSource',
    requirement: `${rule === 'key' ? 'keys' : 'names of shards and keys'} must tell samples apart over all shards`,
    got: `${total - ids.size} of ${total} repeated, the first ${first}`,
    remedy: rule === 'key' ? "set ids to 'shard/key' if every shard counts anew" : 'give shards names of their own',
  });
}
