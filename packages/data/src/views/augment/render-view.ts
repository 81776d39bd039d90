// From a drawn view to its pixels.

import type { ImageSize } from '@semmae/core';

import type { PixelImage } from '../pixel-image';
import { resample } from '../resample';
import { byteWeights, resizeBytes } from '../resize-bytes';
import { changeColors } from './color-jitter';
import type { DrawnView } from './draw-views';
import { gaussianBlur } from './gaussian-blur';
import { grayscale } from './grayscale';
import { solarize } from './solarize';

/** The view of `image` in 0..255, not rounded: [height, width, channels]. */
export function renderView(image: PixelImage, drawn: DrawnView): Float32Array {
  const { channels = 3 } = image;
  const { height, width } = drawn;
  return treat(resample(image, drawn.view, { height, width, interpolation: 'bicubic' }), drawn, channels);
}

export interface ByteViewSource extends PixelImage {
  readonly channels: number;
  readonly pixels: Uint8Array;
  /** The size of the image that the view was drawn for, where `image` is that image at a smaller size. Default: its own. */
  readonly drawnFor?: ImageSize;
}

/** Likewise, as bytes, [height, width, channels] into `into`: what Pillow's crop and resize give where no color is changed. */
export function renderViewBytes(
  image: ByteViewSource,
  drawn: DrawnView,
  into: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const { channels, drawnFor = image } = image;
  const { view, height, width } = drawn;
  const [rowScale, columnScale] = [image.height / drawnFor.height, image.width / drawnFor.width];
  resizeBytes(
    image,
    byteWeights(view.height * rowScale, height, 'bicubic', { offset: view.top * rowScale }),
    byteWeights(view.width * columnScale, width, 'bicubic', { offset: view.left * columnScale, mirrored: view.flip }),
    into,
  );
  if (!isTreated(drawn)) return into;
  new Uint8ClampedArray(into.buffer, into.byteOffset, into.length).set(treat(Float32Array.from(into), drawn, channels));
  return into;
}

function isTreated({ colorChanges, grayscale, blur, solarize }: DrawnView): boolean {
  return colorChanges.length > 0 || grayscale || blur > 0 || solarize !== undefined;
}

function treat(pixels: Float32Array, drawn: DrawnView, channels: number): Float32Array {
  const { height, width, blur } = drawn;
  changeColors(pixels, drawn.colorChanges, channels);
  if (drawn.grayscale && channels === 3) grayscale(pixels);
  if (blur > 0) gaussianBlur(pixels, { height, width, channels, radius: blur });
  if (drawn.solarize !== undefined) solarize(pixels, drawn.solarize);
  return pixels;
}
