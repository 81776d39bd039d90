// A label file in the form of a data set, decoded as Node does.

import type { ImageSize } from '@semmae/core';

import type { ImageForm } from '../image-form';
import type { ImageSample, RawLabels } from '../sources/image-source';
import { decodeLabels } from './decode-labels';
import { framedLabels } from './framed-labels';

/** The ids of `mask` by `framedLabels`, cropped and resized exactly as `decodePixels` does with an image of size `source`. */
export async function decodePartMap(
  mask: Uint8Array | RawLabels,
  source: ImageSize,
  form: ImageForm,
  names: ImageSample['names'] = {},
): Promise<Uint8Array | Uint16Array> {
  return framedLabels(decodeLabels, mask, source, form, names);
}
