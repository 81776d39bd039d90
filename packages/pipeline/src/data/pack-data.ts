// A data set of any kind as WebDataset shards.

import { type PackedShards, packShards } from '@semmae/data';

import { openDataSource, type SourceOptions } from '../batches/open-data';
import { Interrupted } from '../runs/interrupted';
import type { StageOptions } from '../runs/stage-options';

export interface PackDataOptions
  extends SourceOptions,
    Pick<StageOptions, 'signal' | 'onProgress' | 'onWarning' | 'onNote'> {
  data: string;
  /** `shards/train-{000..}.tar`, or one archive; `.tar.gz` and `.tar.zst` are compressed. */
  out: string;
  /** A shard ends before it is larger. Default 1 GiB. */
  maxBytes?: number;
  /** Images of a shard. Default: as many as fit. */
  maxImages?: number;
  /** Whether to go on behind the shards of an interrupted call. Default false: shards that are there are an error. */
  resume?: boolean;
}

/** Image files are copied byte for byte. Throws `Interrupted` when the signal is aborted: whole shards stay. */
export async function packData(options: PackDataOptions): Promise<PackedShards> {
  const { out, maxBytes, maxImages, resume, signal, onProgress } = options;
  const source = await openDataSource(options, undefined, options);
  try {
    return await packShards(source, {
      ...{ out, maxBytes, maxImages, resume, signal },
      onProgress: ({ done, total, shards }) =>
        onProgress?.({ title: 'Packing', done, total, unit: 'images', note: `shard ${shards}` }),
    });
  } catch (error) {
    Interrupted.check(signal);
    throw error;
  } finally {
    source.close?.();
  }
}
