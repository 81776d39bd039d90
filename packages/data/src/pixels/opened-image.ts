// An image whose header was read, and how it comes to size.

import type { ImageSize } from '@semmae/core';
import type { Sharp } from 'sharp';

import type { ImageForm } from '../image-form';
import { frameImage } from '../views/frame-image';
import { framedCrop } from '../views/framed-crop';
import { resample } from '../views/resample';
import { fullView } from '../views/view';
import { withChannels } from './reading';

export interface OpenedImage {
  /** Size after turning upright. */
  readonly source: ImageSize;
  readonly channels: number;
  /**
   * RGB bytes, [height, width, 3], of an upright sRGB picture that `treat` may crop and shrink while libvips decodes it. Default: the
   * whole picture. Undefined for numbers, which are decoded whole.
   */
  readonly picture: ((treat?: (image: Sharp) => Sharp) => Promise<Uint8Array>) | undefined;
  /** The whole image, upright, [H, W, channels] in 0..255. */
  pixels(): Promise<Uint8Array | Float32Array>;
}

export interface DecodedPixels extends ImageSize {
  channels: number;
  /** [height, width, channels] in 0..255; floats where the file has more than 8 bits. */
  pixels: Uint8Array | Float32Array;
  /** Size of the file's image, upright. */
  source: ImageSize;
}

/** The image in a form: as `framing` says, or else resized bicubically to cover the size and cropped around the center. */
export async function inForm(opened: OpenedImage, form: ImageForm): Promise<DecodedPixels> {
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
