// The views of single images of a data set, from what is kept of it or by jobs.

import { type RngState, restoreRng } from '@semmae/core';

import type { ImageDataset, LabeledImage } from '../image-dataset';
import { Undecodable } from '../pixels/undecodable';
import { UnreadableImage } from '../unreadable-image';
import { drawViews, type ViewRecipe } from '../views/augment/draw-views';
import type { PixelImage } from '../views/pixel-image';
import type { JobImage, KeptImage, ViewResult } from './view-job';
import type { ViewPool } from './view-pool';

export interface DrawnImagesOptions {
  recipe: ViewRecipe;
  exact: boolean;
  /** Of decoded images, and as much again of whole views. */
  cacheBytes: number;
}

export interface DrawnImage extends Omit<ViewResult, 'kept' | 'size'> {
  /** Of the size that the views were drawn for. */
  readonly image: Pick<LabeledImage, 'id' | 'height' | 'width' | 'label' | 'patchParts'>;
}

/** Draws the views of the image at `index` from the stream `rng`. Throws UnreadableImage, which is counted then, as `get` of a data set does. */
export type DrawImage = (index: number, rng: RngState) => Promise<DrawnImage>;

export function drawnImages(data: ImageDataset, pool: ViewPool, options: DrawnImagesOptions): DrawImage {
  const { recipe, exact, cacheBytes } = options;
  const isSized = data.form.imageSize !== undefined;
  const decoded = keptIfAllFit<KeptImage>(data.length, cacheBytes);
  const whole = isWhole(recipe) ? keptIfAllFit<DrawnImage>(2 * data.length, cacheBytes) : undefined;

  /** What a job draws from, and what is known of the image beside it. */
  async function sourceOf(
    index: number,
  ): Promise<[source: JobImage, known: Pick<LabeledImage, 'label' | 'patchParts'>]> {
    if (isSized) {
      const { height, width, channels, pixels, label, patchParts } = await data.get(index);
      return [
        { kind: 'formed', image: { height, width, channels, pixels } },
        { label, patchParts },
      ];
    }
    const label = data.labelAt?.(index);
    const kept = decoded.get(index);
    if (kept !== undefined) return [{ kind: 'kept', image: kept }, { label }];
    const sample = await data.sample(index);
    return [{ kind: 'stored', image: sample.image }, { label: sample.label ?? label }];
  }

  async function draw(index: number, rng: RngState): Promise<DrawnImage> {
    const id = data.idAt(index);
    let known: Pick<LabeledImage, 'label' | 'patchParts'> = {};
    const makeJob = async () => {
      const [source, beside] = await sourceOf(index);
      known = beside;
      return {
        source,
        rules: data.form.pixels,
        recipe,
        rng,
        exact,
        keep: source.kind === 'stored' && decoded.isOpen(),
      };
    };
    const result = await pool.run(id, makeJob).catch((error: unknown) => {
      if (!(error instanceof Undecodable)) throw error;
      const unreadable = new UnreadableImage({ id, kind: error.kind, reason: error.message, cause: error });
      data.leaveOut(unreadable);
      throw unreadable;
    });
    const { kept, size, ...drawn } = result;
    if (kept !== undefined) decoded.add(index, kept);
    return { ...drawn, image: { id, ...size, ...known } };
  }

  return async (index, rng) => {
    if (whole === undefined) return draw(index, rng);
    const key = index + data.length * orientation(rng, recipe);
    const known = whole.get(key);
    if (known !== undefined) return known;
    const drawn = await draw(index, rng);
    if (whole.isOpen()) whole.add(key, drawn);
    return drawn;
  };
}

/** Whether the one view of each image is all of it, changed by nothing but mirroring. */
function isWhole({
  globalCount = 2,
  localCount = 10,
  globalScale,
  jitter,
  grayscale,
  blur,
  solarize,
}: ViewRecipe): boolean {
  const changes = [jitter, grayscale, blur, solarize].some((change) => change !== false);
  return globalCount === 1 && localCount === 0 && globalScale === 'whole' && !changes;
}

/** 1 where the view is mirrored, which does not depend on the size of the image. */
function orientation(rng: RngState, recipe: ViewRecipe): number {
  return Number(drawViews(restoreRng(rng), { height: 1, width: 1 }, recipe)[0]!.view.flip);
}

/**
 * Keeps values as long as all `count` of them, if they are as large as those so far, take no more than `bytes`; keeps none any more from
 * then on, as a part of them would seldom be of use.
 */
function keptIfAllFit<Value extends Pick<PixelImage, 'pixels'>>(count: number, bytes: number) {
  const kept = new Map<number, Value>();
  let taken = 0;
  let isOpen = bytes > 0;
  return {
    get: (key: number) => kept.get(key),
    isOpen: () => isOpen,
    add(key: number, value: Value): void {
      if (!isOpen || kept.has(key)) return;
      kept.set(key, value);
      taken += value.pixels.byteLength;
      isOpen = (taken / kept.size) * count <= bytes;
      if (!isOpen) kept.clear();
    },
  };
}
