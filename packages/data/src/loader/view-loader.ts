// Batches of views, decoded and drawn ahead of the training step, the same whoever draws them.

import { availableParallelism } from 'node:os';

import { assertInteger, assertRange, type PixelStatistics, type Rng, SemmaeError } from '@semmae/core';

import type { ImageDataset } from '../image-dataset';
import { nextReadable } from '../readable-images';
import { type ViewRecipe, viewKinds } from '../views/augment/draw-views';
import { normalizePixels } from '../views/normalization';
import { statisticsFor } from '../views/statistics-for';
import { type DrawnImage, drawnImages } from './drawn-images';
import { type ImageOrder, imageOrder } from './image-order';
import { viewPool } from './view-pool';

export interface ViewLoaderOptions {
  /** Images of a form with a size are decoded by the data set; others in the threads, at their own sizes. */
  data: ImageDataset;
  /** Which views are made of each image. */
  recipe: ViewRecipe;
  /** Images, at most as many as an epoch has. */
  batchSize: number;
  /** Names the streams of order and views: equal names give equal batches. */
  rng: Rng;
  /** Name of the stream of an image's views under `rng`, before epoch and index. Default 'views'. */
  stream?: string;
  /** Of each channel. Default: ImageNet's. */
  statistics?: PixelStatistics | undefined;
  /** Default: as many as an epoch has full ones. */
  batchesPerEpoch?: number | undefined;
  /** Default 'uniform'. */
  order?: ImageOrder | undefined;
  /** Which share of every epoch is this process's. Default 0 of 1. */
  rank?: number | undefined;
  ranks?: number | undefined;
  /** Threads that decode and draw. 0 does it in the calling thread, with the same bytes. Default `defaultWorkers()`. */
  workers?: number | undefined;
  /** Batches that are made before they are asked for. Default 2. */
  prefetch?: number | undefined;
  /** Whether large JPEGs are decoded at full size, where by default they are shrunk as far as no crop needs to be enlarged. */
  exact?: boolean | undefined;
  /** Decoded images are kept up to this many bytes if the whole data set fits. Default 1 GiB. */
  cacheBytes?: number | undefined;
  /** Told in one line when a thread ended. Default `console.warn`. */
  onWarning?: ((message: string) => void) | undefined;
}

/** What is known of an image in a batch beside its pixels. */
export interface ViewedImage extends Pick<DrawnImage, 'image' | 'views'> {
  /** In the data set. */
  readonly index: number;
}

export interface ViewBatch {
  /** [B] */
  readonly images: readonly ViewedImage[];
  readonly channels: number;
  /** Normalized, view by view: the first view of all images, then the second, [globalCount, B, height, width, channels]. */
  readonly globals: Float32Array;
  /** Likewise. */
  readonly locals: Float32Array;
}

export interface ViewLoader {
  /** Full batches of an epoch. */
  readonly batchesPerEpoch: number;
  /**
   * Batch `batch` of `epoch`, a pure function of the two: a run resumes by asking for the next one. The batches that follow are begun
   * ahead. Throws a SemmaeError where the policy for unreadable images says that it is enough, and `LoaderClosed` after `close`.
   */
  batch(epoch: number, batch: number): Promise<ViewBatch>;
  /** Seconds that callers of `batch` have waited so far. */
  waitedSeconds(): number;
  /** Ends the threads and drops what was begun. */
  close(): Promise<void>;
}

/** Starting threads takes as long as this many images. */
const imagesBeforeThreads = 64;

/** Nothing is read before the first batch is asked for. */
export function viewLoader(options: ViewLoaderOptions): ViewLoader {
  const { data, recipe, batchSize, rng, stream = 'views', order, rank, ranks = 1 } = options;
  const {
    workers = defaultWorkers(),
    prefetch = 2,
    exact = false,
    cacheBytes = 2 ** 30,
    onWarning = console.warn,
  } = options;
  const share = Math.floor(data.length / ranks);
  const { batchesPerEpoch = Math.floor(share / batchSize) } = options;
  assertInteger('viewLoader', 'batchSize', batchSize);
  assertInteger('viewLoader', 'workers', workers, { least: 0 });
  assertInteger('viewLoader', 'prefetch', prefetch, { least: 0 });
  assertBatches({ batchesPerEpoch, batchSize, share });
  const kinds = viewKinds(recipe);
  const { globalCount = 2 } = recipe;
  const pool = viewPool({ workers, firstHere: imagesBeforeThreads, onWarning });
  const drawImage = drawnImages(data, pool, { recipe, exact, cacheBytes });
  const orders = new Map<number, Int32Array>();
  /** What is begun, by number of the batch since the first one. */
  const begun = new Map<number, Promise<Drawn[]>>();
  let waitedSeconds = 0;

  function orderOf(epoch: number): Int32Array {
    const known = orders.get(epoch);
    if (known !== undefined) return known;
    const drawn = imageOrder(rng, epoch, { length: data.length, order, shardStarts: data.shardStarts, rank, ranks });
    for (const old of orders.keys()) if (old < epoch - 1 || old > epoch + 1) orders.delete(old);
    orders.set(epoch, drawn);
    return drawn;
  }

  function begin(number: number): Promise<Drawn[]> {
    const [epoch, batch] = [Math.floor(number / batchesPerEpoch), number % batchesPerEpoch];
    const indices = orderOf(epoch).subarray(batch * batchSize, (batch + 1) * batchSize);
    const drawn = Promise.all(Array.from(indices, (index) => draw(epoch, index)));
    drawn.catch(() => {}); // not unhandled: whoever asks for the batch gets the error
    return drawn;
  }

  /** The views of `index` or, in its stead, of the next image that can be read. */
  async function draw(epoch: number, index: number): Promise<Drawn> {
    const state = rng.split(stream, epoch, index).state();
    const { name, length } = data;
    const found = await nextReadable({ name, length, get: (candidate) => drawImage(candidate, state) }, index);
    return { ...found.image, index: found.index };
  }

  async function take(epoch: number, batch: number): Promise<ViewBatch> {
    const number = epoch * batchesPerEpoch + batch;
    for (const known of begun.keys()) if (known < number || known > number + prefetch) begun.delete(known);
    for (let ahead = 0; ahead <= prefetch; ahead++) {
      if (!begun.has(number + ahead)) begun.set(number + ahead, begin(number + ahead));
    }
    const drawn = await begun.get(number)!;
    begun.delete(number);
    const { channels } = drawn[0]!;
    const statistics = statisticsFor('viewLoader', channels, options.statistics);
    const lengths = kinds.map(({ height, width }) => height * width * channels);
    const sum = (some: readonly number[]) => some.reduce((total, length) => total + length, 0);
    const globals = new Float32Array(batchSize * sum(lengths.slice(0, globalCount)));
    const locals = new Float32Array(batchSize * sum(lengths.slice(globalCount)));
    for (const [place, { pixels, channels: found, image }] of drawn.entries()) {
      if (found !== channels) throw unlikeChannels(image.id, found, channels);
      let start = 0;
      for (const [view, length] of lengths.entries()) {
        const [into, row] = view < globalCount ? [globals, view] : [locals, view - globalCount];
        const from = (row * batchSize + place) * length;
        normalizePixels(pixels.subarray(start, start + length), {
          into: into.subarray(from, from + length),
          statistics,
        });
        start += length;
      }
    }
    return { images: drawn.map(({ index, image, views }) => ({ index, image, views })), channels, globals, locals };
  }

  return {
    batchesPerEpoch,
    async batch(epoch, batch) {
      assertInteger('viewLoader', 'epoch', epoch, { least: 0 });
      assertRange('viewLoader', 'batch', batch, 0, batchesPerEpoch - 1);
      const asked = performance.now();
      try {
        return await take(epoch, batch);
      } finally {
        waitedSeconds += (performance.now() - asked) / 1000;
      }
    },
    waitedSeconds: () => waitedSeconds,
    async close() {
      begun.clear();
      await pool.close();
    },
  };
}

/** Views of an image, and which image they are of. */
interface Drawn extends DrawnImage {
  index: number;
}

/** Threads beside the calling one. */
export function defaultWorkers(): number {
  return Math.max(1, availableParallelism() - 1);
}

function assertBatches({
  batchesPerEpoch,
  batchSize,
  share,
}: Record<'batchesPerEpoch' | 'batchSize' | 'share', number>) {
  assertInteger('viewLoader', 'batchesPerEpoch', batchesPerEpoch, {
    remedy: `a batch of ${batchSize} needs as many images, and there are ${share}`,
  });
  if (batchesPerEpoch * batchSize <= share) return;
  throw new SemmaeError({
    where: 'viewLoader',
    requirement: `an epoch of ${batchesPerEpoch} batches of ${batchSize} must have as many images`,
    got: share,
  });
}

function unlikeChannels(id: string, got: number, channels: number): SemmaeError {
  return new SemmaeError({
    where: 'viewLoader',
    requirement: `all images must have as many channels as the first of their batch, ${channels}`,
    got: `${got} of ${id}`,
    remedy: 'open the data with `channels` or `bands`',
  });
}
