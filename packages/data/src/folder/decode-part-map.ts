// Reads a PNG of part ids.

import { type Framing, type ImageSize, SemmaeError } from '@semmae/core';
import sharp from 'sharp';

import { applyViewToPixels } from '../views/apply-view-to-map';
import { framedView } from '../views/framed-crop';

export interface PartMapFiles {
  imagePath: string;
  maskPath: string;
}

/**
 * The part ids of `maskPath`, [height, width] of `target`, cropped and resized (nearest) exactly as `decodeImage` does with
 * an image of size `source`. Gray values are the ids. Throws a SemmaeError when the mask's size is not its image's.
 */
export async function decodePartMap(
  files: PartMapFiles,
  source: ImageSize,
  target: ImageSize,
  framing?: Framing,
): Promise<Uint8Array> {
  const { data, info } = await decodeGray(files.maskPath);
  if (info.width !== source.width || info.height !== source.height) {
    throw new SemmaeError({
      where: 'openImageFolder',
      requirement: `a part map must have the size of its image, ${files.imagePath} (${describe(source)})`,
      got: `${files.maskPath} (${describe(info)})`,
      remedy: 'save both at the same size, the image upright',
    });
  }
  const ids = info.channels === 1 ? new Uint8Array(data) : everyNth(data, info.channels);
  return applyViewToPixels(ids, framedView(source, target, framing), {
    sourceHeight: source.height,
    sourceWidth: source.width,
    height: target.height,
    width: target.width,
  });
}

async function decodeGray(maskPath: string) {
  try {
    return await sharp(maskPath, { failOn: 'warning' }).grayscale().raw().toBuffer({ resolveWithObject: true });
  } catch (cause) {
    throw new Error(`part map ${maskPath}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** The first channel of interleaved ones: an opaque mask saved with transparency decodes to two. */
function everyNth(data: Uint8Array, channels: number): Uint8Array {
  return Uint8Array.from({ length: data.length / channels }, (_, index) => data[index * channels]!);
}

function describe({ width, height }: ImageSize): string {
  return `${width}x${height} pixels`;
}
