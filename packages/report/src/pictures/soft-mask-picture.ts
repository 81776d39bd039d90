// The image under a soft mask, as learned masks hide it: each pixel by a share.

import { assertLength } from '@semmae/core';

import { blendedColor } from './blended-color';
import { maskColor } from './mask-picture';
import { assertPicture, type Picture } from './picture';

export interface SoftMaskPictureOptions {
  image: Picture;
  /** [H · W] shares in [0, 1]; 1 = hidden. */
  mask: Float32Array;
}

/** Every pixel blended into the gray of masks by its share. */
export function softMaskPicture({ image, mask }: SoftMaskPictureOptions): Picture {
  const { height, width } = image;
  assertPicture('softMaskPicture', 'image', image);
  assertLength('softMaskPicture', 'mask', mask, height * width);
  const pixels = new Uint8Array(image.pixels.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const [red, green, blue] = image.pixels.subarray(3 * pixel, 3 * pixel + 3);
    pixels.set(blendedColor([red!, green!, blue!], maskColor, mask[pixel]!), 3 * pixel);
  }
  return { height, width, pixels };
}
