// Part ids in the form of a data set: cropped and resized exactly as their image is.

import { type ImageSize, SemmaeError } from '@semmae/core';

import type { ImageForm } from '../image-form';
import { Undecodable } from '../pixels/undecodable';
import type { ImageSample, RawLabels } from '../sources/image-source';
import { applyViewToPixels } from '../views/apply-view-to-map';
import { framedView } from '../views/framed-crop';
import type { LabelRules } from './label-rules';

/** Decodes a label file, or takes ids as they are. */
export type DecodeLabels = (
  labels: Uint8Array | RawLabels,
  rules?: LabelRules,
  pixelLimit?: number,
) => Promise<RawLabels>;

/**
 * The ids of `mask`, [height, width] of the form's size, cropped and resized (nearest) exactly as the image is, of
 * size `source`. Throws a SemmaeError when the mask's size is not its image's, and Undecodable of kind `unreadable mask`.
 */
export async function framedLabels(
  decode: DecodeLabels,
  mask: Uint8Array | RawLabels,
  source: ImageSize,
  form: ImageForm,
  names: ImageSample['names'] = {},
): Promise<Uint8Array | Uint16Array> {
  const { imageSize: target = source, framing } = form;
  const labels = await idsOf(decode, mask, form, names.mask);
  if (labels.width !== source.width || labels.height !== source.height) {
    throw new SemmaeError({
      where: 'imageDataset',
      requirement: `a part map must have the size of its image, ${names.image ?? 'the image'} (${describe(source)})`,
      got: `${names.mask ?? 'a map'} (${describe(labels)})`,
      remedy: 'save both at the same size, the image upright',
    });
  }
  return applyViewToPixels(labels.ids, framedView(source, target, framing), {
    sourceHeight: source.height,
    sourceWidth: source.width,
    height: target.height,
    width: target.width,
  });
}

async function idsOf(
  decode: DecodeLabels,
  mask: Uint8Array | RawLabels,
  { labels, pixels }: ImageForm,
  name = 'the mask',
): Promise<RawLabels> {
  try {
    return await decode(mask, labels || {}, pixels?.pixelLimit);
  } catch (error) {
    if (error instanceof Undecodable)
      throw new Undecodable('unreadable mask', `${name}: ${error.kind}, ${error.message}`, error);
    throw error;
  }
}

function describe({ width, height }: ImageSize): string {
  return `${width}x${height} pixels`;
}
