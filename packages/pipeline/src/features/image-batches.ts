// The images of a data set in order, a batch at a time.

import { assertInteger } from '@semmae/core';
import type { ImageDataset, LabeledImage } from '@semmae/data';

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

/** Reports a batch as done when the next one is asked for. Throws `Interrupted` before a batch when the signal is aborted. */
export async function* imageBatches(
  data: ImageDataset,
  { batchSize = 16, start: first = 0, title = 'Encoding images', signal, onProgress }: ImageBatchesOptions = {},
): AsyncGenerator<LabeledImage[]> {
  assertInteger('imageBatches', '`batchSize`', batchSize);
  for (let start = first; start < data.length; start += batchSize) {
    Interrupted.check(signal);
    const images = await imagesAt(data, start, batchSize);
    yield images;
    onProgress?.({ title, done: start + images.length, total: data.length, unit: 'images' });
  }
}

/** The images `start` to `start + count - 1`, as far as there are any. */
export function imagesAt(data: ImageDataset, start: number, count: number): Promise<LabeledImage[]> {
  const length = Math.min(count, data.length - start);
  return Promise.all(Array.from({ length }, (_, place) => data.get(start + place)));
}
