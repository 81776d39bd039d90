// How programs go on where images prove unreadable: batches take the next one in its stead, lists leave it out.

import { assertInteger, SemmaeError } from '@semmae/core';

import type { ImageDataset, LabeledImage } from './image-dataset';
import { subset } from './selection/subset';
import { UnreadableImage } from './unreadable-image';

/** An image and where it lies in its data set. */
export interface IndexedImage<Image = LabeledImage> {
  index: number;
  image: Image;
}

/**
 * The image at `index`, or the next one that can be read where it cannot, from the beginning again after the last: a function of the
 * data set and the index alone, so that training stays exact. Throws a SemmaeError where the policy of the data set says so.
 */
export async function nextReadable<Image = LabeledImage>(
  data: Pick<ImageDataset, 'name' | 'length'> & { get(index: number): Promise<Image> },
  index: number,
): Promise<IndexedImage<Image>> {
  for (let step = 0; step < data.length; step++) {
    const candidate = (index + step) % data.length;
    const image = await readOrLeaveOut(data, candidate);
    if (image !== undefined) return { index: candidate, image };
  }
  throw await nothingReadable(data);
}

export interface ReadableBatchesOptions {
  batchSize: number;
  /** Index of the first image. Default 0. */
  start?: number | undefined;
}

/** The readable images in order, in full batches but for the last; those of a batch are read at the same time. */
export async function* readableBatches(
  data: Pick<ImageDataset, 'name' | 'length' | 'get'>,
  { batchSize, start = 0 }: ReadableBatchesOptions,
): AsyncGenerator<IndexedImage[]> {
  assertInteger('readableBatches', 'batchSize', batchSize);
  assertInteger('readableBatches', 'start', start, { least: 0 });
  let [next, found] = [start, start];
  while (next < data.length) {
    const batch: IndexedImage[] = [];
    while (batch.length < batchSize && next < data.length) {
      const indices = Array.from(
        { length: Math.min(batchSize - batch.length, data.length - next) },
        (_, i) => next + i,
      );
      batch.push(...(await readableAt(data, indices)));
      next += indices.length;
    }
    found += batch.length;
    if (batch.length > 0) yield batch;
  }
  if (found === 0) throw await nothingReadable(data);
}

/** Those of the images at `indices` that can be read. */
export async function readableAt(data: Pick<ImageDataset, 'get'>, indices: readonly number[]): Promise<IndexedImage[]> {
  const images = await Promise.all(indices.map((index) => readOrLeaveOut(data, index)));
  return images.flatMap((image, place) => (image === undefined ? [] : [{ index: indices[place]!, image }]));
}

/** The images that can be read, each of which is read once; `data` itself where all can. */
export async function readableSubset(data: ImageDataset): Promise<ImageDataset> {
  const indices: number[] = [];
  for await (const batch of readableBatches(data, { batchSize: 16 })) indices.push(...batch.map(({ index }) => index));
  return indices.length === data.length ? data : subset(data, indices);
}

/** `get` has counted what cannot be read, and says what goes beyond the policy. */
async function readOrLeaveOut<Image>(
  data: { get(index: number): Promise<Image> },
  index: number,
): Promise<Image | undefined> {
  try {
    return await data.get(index);
  } catch (error) {
    if (UnreadableImage.isInstance(error)) return undefined;
    throw error;
  }
}

async function nothingReadable(
  data: Pick<ImageDataset, 'name' | 'length'> & { get(index: number): Promise<unknown> },
): Promise<SemmaeError> {
  const why = await data.get(0).then(
    () => '',
    (error) => (UnreadableImage.isInstance(error) ? `; ${error.id}: ${error.reason}` : ''),
  );
  return new SemmaeError({
    ...{ where: data.name, requirement: 'at least one image must be readable', got: `none of ${data.length}${why}` },
    remedy: 'look at all of them with `semmae data inspect`',
  });
}
