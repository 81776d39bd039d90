// From one undecoded image to its views: what a thread does, or the main thread where there are no others.

import { type ImageSize, type RngState, restoreRng } from '@semmae/core';

import { imageFormat } from '../pixels/image-format';
import { openImage } from '../pixels/open-image';
import type { OpenedImage } from '../pixels/opened-image';
import type { PixelRules } from '../pixels/pixel-rules';
import { withChannels } from '../pixels/reading';
import type { RawImage } from '../sources/image-source';
import { type DrawnView, drawViews, type ViewRecipe } from '../views/augment/draw-views';
import { renderView, renderViewBytes } from '../views/augment/render-view';
import type { PixelImage } from '../views/pixel-image';
import type { View } from '../views/view';
import { shrinkFactor } from './shrink-factor';

/** A decoded image, perhaps smaller than it is stored. */
export interface KeptImage extends PixelImage {
  readonly channels: number;
  /** The size that views are drawn for. */
  readonly drawnFor: ImageSize;
}

export type JobImage =
  /** As a source has it, of its own size. */
  | { readonly kind: 'stored'; readonly image: Uint8Array | RawImage }
  /** Decoded by an earlier job. */
  | { readonly kind: 'kept'; readonly image: KeptImage }
  /** In the form of its data set; its views are floats, which were never rounded. */
  | { readonly kind: 'formed'; readonly image: PixelImage };

/** Plain data, so that it travels to other threads. */
export interface ViewJob {
  readonly source: JobImage;
  readonly rules: PixelRules | undefined;
  readonly recipe: ViewRecipe;
  readonly rng: RngState;
  /** Whether JPEGs are decoded at full size in any case. */
  readonly exact: boolean;
  /** Whether to hand the decoded image out, for later jobs. */
  readonly keep: boolean;
}

export interface ViewResult {
  /** Where each view lies in the image: the globals, then the locals. */
  readonly views: readonly View[];
  /** Size that they were drawn for. */
  readonly size: ImageSize;
  readonly channels: number;
  /** The views one behind the other, each [height, width, channels] in 0..255: floats where the image holds more than bytes. */
  readonly pixels: Uint8Array | Float32Array;
  /** In shared memory, where it was asked for. */
  readonly kept: KeptImage | undefined;
}

/** Throws Undecodable for an image that gives not what the rules ask for. */
export async function runViewJob({ source, recipe, rng, ...job }: ViewJob): Promise<ViewResult> {
  const stream = restoreRng(rng);
  if (source.kind === 'formed') {
    const { image } = source;
    const drawn = drawViews(stream, image, recipe);
    return { ...described(drawn, image, image.channels ?? 3), pixels: renderFloats(image, drawn), kept: undefined };
  }
  if (source.kind === 'kept') {
    const { image } = source;
    const drawn = drawViews(stream, image.drawnFor, recipe);
    return { ...described(drawn, image.drawnFor, image.channels), pixels: render(image, drawn), kept: undefined };
  }
  const opened = await openImage(source.image, job.rules);
  const drawn = drawViews(stream, opened.source, recipe);
  const { image, top, left } = await decode(opened, { ...job, drawn, recipe, stored: source.image });
  const moved = drawn.map((one) => ({
    ...one,
    view: { ...one.view, top: one.view.top - top, left: one.view.left - left },
  }));
  return {
    ...described(drawn, opened.source, opened.channels),
    pixels: render(image, moved),
    kept: job.keep ? { ...image, pixels: inSharedMemory(image.pixels) } : undefined,
  };
}

function described(drawn: readonly DrawnView[], size: ImageSize, channels: number) {
  return { views: drawn.map(({ view }) => view), size: { height: size.height, width: size.width }, channels };
}

interface DecodeTask extends Pick<ViewJob, 'recipe' | 'exact' | 'keep'> {
  drawn: readonly DrawnView[];
  stored: Uint8Array | RawImage;
}

/** The whole image, at a smaller size where that does no harm, or the part of it that the views need, at `top` and `left`. */
async function decode(
  { source, channels, picture, ...opened }: OpenedImage,
  { drawn, stored, recipe, exact, keep }: DecodeTask,
): Promise<{ image: KeptImage; top: number; left: number }> {
  const isJpeg = stored instanceof Uint8Array && imageFormat(stored) === 'JPEG';
  const factor = exact || !isJpeg ? 1 : shrinkFactor(source, recipe);
  if (picture !== undefined && factor > 1) {
    // Rounded down: sharp compares the quotient of the sizes with the factor.
    const [height, width] = [Math.floor(source.height / factor), Math.floor(source.width / factor)];
    const rgb = await picture((upright) => upright.resize(width, height, { fit: 'fill', kernel: 'cubic' }));
    return {
      image: { height, width, channels, pixels: withChannels(rgb, channels), drawnFor: source },
      top: 0,
      left: 0,
    };
  }
  if (picture === undefined || keep) {
    return { image: { ...source, channels, pixels: await opened.pixels(), drawnFor: source }, top: 0, left: 0 };
  }
  const part = around(drawn);
  const { top, left, ...size } = part;
  const rgb = await picture((upright) => upright.extract(part));
  return { image: { ...size, channels, pixels: withChannels(rgb, channels), drawnFor: size }, top, left };
}

/** The smallest rectangle that all views lie in. */
function around(drawn: readonly DrawnView[]): ImageSize & { top: number; left: number } {
  const top = Math.min(...drawn.map(({ view }) => view.top));
  const left = Math.min(...drawn.map(({ view }) => view.left));
  const bottom = Math.max(...drawn.map(({ view }) => view.top + view.height));
  const right = Math.max(...drawn.map(({ view }) => view.left + view.width));
  return { top, left, height: bottom - top, width: right - left };
}

function render(image: KeptImage, drawn: readonly DrawnView[]): Uint8Array | Float32Array {
  const { channels, pixels } = image;
  if (pixels instanceof Float32Array) return renderFloats(image, drawn);
  const lengths = drawn.map(({ height, width }) => height * width * channels);
  const all = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  for (const [place, one] of drawn.entries()) {
    renderViewBytes({ ...image, pixels }, one, all.subarray(start, start + lengths[place]!));
    start += lengths[place]!;
  }
  return all;
}

function renderFloats(image: PixelImage, drawn: readonly DrawnView[]): Float32Array {
  const views = drawn.map((one) => renderView(image, one));
  if (views.length === 1) return views[0]!;
  const all = new Float32Array(views.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const view of views) {
    all.set(view, start);
    start += view.length;
  }
  return all;
}

function inSharedMemory(pixels: Uint8Array | Float32Array): Uint8Array | Float32Array {
  const memory = new SharedArrayBuffer(pixels.byteLength);
  const copy = pixels instanceof Float32Array ? new Float32Array(memory) : new Uint8Array(memory);
  copy.set(pixels);
  return copy;
}
