// The images of a data set in order, a batch at a time.

import { assertInteger } from '@semmae/core';
import { type ImageDataset, type IndexedImage, readableBatches } from '@semmae/data';

import { Interrupted } from '../runs/interrupted';
import type { StageOptions } from '../runs/stage-options';

export interface ImageBatchesOptions extends Pick<StageOptions, 'signal' | 'onProgress'> {
  /** Images in a batch. Default 16. */
  batchSize?: number;
  /** Index of the first image. Default 0. */
  start?: number;
  /** What is done with them, for `onProgress`. Default 'Encoding images'. */
  title?: string;
}

/**
 * Those that can be read, in full batches but for the last. Reports a batch as done when the next one is asked for. Throws `Interrupted`
 * before a batch when the signal is aborted.
 */
export async function* imageBatches(
  data: ImageDataset,
  { batchSize = 16, start = 0, title = 'Encoding images', signal, onProgress }: ImageBatchesOptions = {},
): AsyncGenerator<IndexedImage[]> {
  assertInteger('imageBatches', '`batchSize`', batchSize);
  Interrupted.check(signal);
  for await (const images of readableBatches(data, { batchSize, start })) {
    Interrupted.check(signal);
    yield images;
    onProgress?.({ title, done: images.at(-1)!.index + 1, total: data.length, unit: 'images' });
  }
}

export function imagesOf(indexed: readonly IndexedImage[]): IndexedImage['image'][] {
  return indexed.map(({ image }) => image);
}
