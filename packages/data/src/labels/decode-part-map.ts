// Reads a PNG of part ids.

import { type ImageSize, SemmaeError } from '@semmae/core';
import sharp from 'sharp';

import type { ImageForm } from '../image-form';
import { Undecodable } from '../pixels/undecodable';
import type { ImageSample, RawLabels } from '../sources/image-source';
import { applyViewToPixels } from '../views/apply-view-to-map';
import { framedView } from '../views/framed-crop';

/**
 * The part ids of `mask`, [height, width] of the form's size, cropped and resized (nearest) exactly as `decodeImage` does with
 * an image of size `source`. Gray values are the ids. Throws a SemmaeError when the mask's size is not its image's.
 */
export async function decodePartMap(
  mask: Uint8Array | RawLabels,
  source: ImageSize,
  { imageSize: target = source, framing }: ImageForm,
  names: ImageSample['names'] = {},
): Promise<Uint8Array | Uint16Array> {
  const labels = mask instanceof Uint8Array ? await decodeGray(mask, names.mask) : mask;
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

async function decodeGray(bytes: Uint8Array, name = ''): Promise<RawLabels> {
  try {
    const image = sharp(bytes, { failOn: 'warning' }).grayscale().raw();
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    const ids = info.channels === 1 ? new Uint8Array(data) : everyNth(data, info.channels);
    return { height: info.height, width: info.width, ids };
  } catch (cause) {
    throw new Undecodable(
      'mask unreadable',
      new Error(`part map ${name}: ${cause instanceof Error ? cause.message : cause}`),
    );
  }
}

/** The first channel of interleaved ones: an opaque mask saved with transparency decodes to two. */
function everyNth(data: Uint8Array, channels: number): Uint8Array {
  return Uint8Array.from({ length: data.length / channels }, (_, index) => data[index * channels]!);
}

function describe({ width, height }: ImageSize): string {
  return `${width}x${height} pixels`;
}
