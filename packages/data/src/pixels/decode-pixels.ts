// An image file, or pixels in memory, in the form of a data set.

import type { ImageSize } from '@semmae/core';

import type { ImageForm } from '../image-form';
import type { RawImage } from '../sources/image-source';
import { frameImage } from '../views/frame-image';
import { framedCrop } from '../views/framed-crop';
import { resample } from '../views/resample';
import { fullView } from '../views/view';
import { type OpenedImage, openImage, withChannels } from './open-image';

export interface DecodedPixels extends ImageSize {
  channels: number;
  /** [height, width, channels] in 0..255; floats where the file has more than 8 bits. */
  pixels: Uint8Array | Float32Array;
  /** Size of the file's image, upright. */
  source: ImageSize;
}

/**
 * Decodes, turns upright and brings to size: as `framing` says, or else resized bicubically to cover the size, by libvips where that
 * shrinks a picture, and cropped around the center. Throws Undecodable where the file does not give what the rules ask for.
 */
export async function decodePixels(image: Uint8Array | RawImage, form: ImageForm): Promise<DecodedPixels> {
  const opened = await openImage(image, form.pixels);
  const { source, channels } = opened;
  const target = form.imageSize ?? source;
  const { height, width } = target;
  const same = height === source.height && width === source.width && form.framing === undefined;
  const pixels = same ? await opened.pixels() : await atSize(opened, target, form);
  return { height, width, channels, pixels, source };
}

async function atSize(
  { source, channels, picture, ...opened }: OpenedImage,
  target: ImageSize,
  { framing }: ImageForm,
) {
  const whole = async () => (picture === undefined ? opened.pixels() : picture());
  const own = picture === undefined ? channels : 3;
  const finish =
    picture === undefined ? <P>(pixels: P) => pixels : (rgb: Uint8Array | Float32Array) => withChannels(rgb, channels);
  if (framing !== undefined) {
    return finish(frameImage({ ...source, channels: own, pixels: await whole() }, target, framing));
  }
  const { resized, top, left } = framedCrop(source, target);
  const window = { top, left, height: target.height, width: target.width };
  if (picture !== undefined && resized.height <= source.height && resized.width <= source.width) {
    const size = [resized.width, resized.height] as const;
    return finish(
      await picture((upright) => upright.resize(...size, { fit: 'fill', kernel: 'cubic' }).extract(window)),
    );
  }
  // libvips 8.18 enlarges with an offset of half a target pixel, which would part images from their part maps
  const pixels = await whole();
  const options = { ...resized, interpolation: 'bicubic', window } as const;
  const resampled = resample({ ...source, channels: own, pixels }, fullView(source), options);
  return finish(pixels instanceof Uint8Array ? Uint8Array.from(resampled, Math.round) : resampled);
}
