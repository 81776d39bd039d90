// The one place that decides how an image is read: what its pixels become under the rules, or why they become nothing.

import type { Sharp } from 'sharp';

import type { RawImage } from '../sources/image-source';
import type { OpenedImage } from './opened-image';
import { channelsOf, defaultPixelLimit, type PixelRules } from './pixel-rules';
import { halvesOf, readPicture } from './read-picture';
import { readingOf, readNumbers, withChannels } from './reading';
import { scaleValues } from './scale-values';
import { storedImage } from './stored-image';
import type { StoredImage } from './stored-numbers';
import { Undecodable } from './undecodable';
import { uprightSize } from './upright';

/** Reads no more than the header. Throws Undecodable, here or when pixels are read, where the image gives not what the rules ask for. */
export async function openImage(image: Uint8Array | RawImage, rules: PixelRules = {}): Promise<OpenedImage> {
  const { pixelLimit = defaultPixelLimit, damaged = 'accept-warnings' } = rules;
  const stored = await storedImage(image, { pixelLimit, damaged });
  const opened = { source: uprightSize(stored, stored.orientation), channels: channelsOf(rules) };
  const reading = readingOf(stored, rules);
  if (reading.kind === 'numbers') return { ...opened, picture: undefined, pixels: () => readNumbers(stored, reading) };
  if (reading.kind === 'deep picture')
    return { ...opened, picture: undefined, pixels: () => deepPicture(stored, opened) };
  const picture = (treat?: (upright: Sharp) => Sharp) => plainPicture(stored, treat);
  const pixels = async () => withChannels(await picture(), opened.channels);
  return { ...opened, picture, pixels };
}

async function plainPicture(stored: StoredImage, treat?: (upright: Sharp) => Sharp): Promise<Uint8Array> {
  const { data, info } = await readPicture(stored.picture!, (image) => {
    const upright = image.autoOrient().flatten({ background: 'white' }).toColorspace('srgb');
    return (treat?.(upright) ?? upright).raw().toBuffer({ resolveWithObject: true });
  });
  if (info.channels !== 3)
    throw new Undecodable('unsupported color', `${info.channels} bands after conversion to sRGB`);
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (treat !== undefined || pixels.length === 3 * stored.height * stored.width) return pixels;
  throw new Undecodable(
    'damaged',
    `${info.width} x ${info.height} pixels in place of ${stored.width} x ${stored.height}`,
  );
}

/** Of 16 bits, through the profile, without a loss of depth. sharp takes such pictures to Display P3 unless it is told to write sRGB. */
async function deepPicture(
  { picture, profiled }: StoredImage,
  { source, channels }: Pick<OpenedImage, 'source' | 'channels'>,
) {
  const { data, info } = await readPicture(picture!, (image) => {
    const deep = image.autoOrient().toColorspace('rgb16');
    return (profiled ? deep.withIccProfile('srgb') : deep)
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
  });
  const values = halvesOf(data);
  const alpha = info.channels === 4 ? 3 : undefined;
  const rgb = scaleValues({ ...source, bands: info.channels, values }, { select: [0, 1, 2], range: [0, 65535], alpha });
  return withChannels(rgb, channels);
}
