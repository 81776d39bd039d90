// The files of a shard that hold one sample.

import { SemmaeError } from '@semmae/core';
import { encode } from 'fast-png';

import { type ImageFormat, imageFormat } from '../../pixels/image-format';
import { Undecodable } from '../../pixels/undecodable';
import type { ImageSample, RawImage, RawLabels } from '../image-source';
import { sampleNameOf } from './sample-name';

export interface SampleFile {
  name: string;
  bytes: Uint8Array;
}

/**
 * The key of an image in a shard: its id, with `_` for the dots of its last part, where a key ends at the first dot. Throws a
 * SemmaeError for ids that no reader takes as a key.
 */
export function keyOfId(id: string): string {
  const slash = id.lastIndexOf('/') + 1;
  const key = id.slice(0, slash) + id.slice(slash).replaceAll('.', '_');
  const read = sampleNameOf(`${key}.jpg`);
  if (typeof read !== 'string' && read.key === key) return key;
  throw new SemmaeError({
    where: 'packShards',
    requirement: 'ids must be plain paths such as cat/0001, not hidden, absolute or leading elsewhere',
    got: id,
  });
}

/** Image (bytes as they are, pixels as PNG), label (`.cls`) and part map (`.mask.png`); a reason where there is no image in it. */
export function sampleFiles(key: string, { image, mask, label, names }: ImageSample): SampleFile[] | string {
  const imageBytes = image instanceof Uint8Array ? image : pngOfPixels(image, key);
  if (imageBytes.length === 0) return 'empty file';
  const extension = image instanceof Uint8Array ? (knownExtension(names?.image) ?? extensionOf(image)) : 'png';
  if (extension === undefined || extension === 'npy') return 'file of an unknown format';
  const files = [{ name: `${key}.${extension}`, bytes: imageBytes }];
  if (label !== undefined) files.push({ name: `${key}.cls`, bytes: new TextEncoder().encode(String(label)) });
  if (mask === undefined) return files;
  const maskBytes = mask instanceof Uint8Array ? mask : pngOfLabels(mask);
  files.push({ name: `${key}.mask.${maskExtension(maskBytes, key)}`, bytes: maskBytes });
  return files;
}

function knownExtension(name: string | undefined): string | undefined {
  return /\.(jpe?g|png|webp|avif|gif|tiff?)$/i.exec(name ?? '')?.[1]?.toLowerCase();
}

const extensions: Record<ImageFormat, string> = {
  JPEG: 'jpg',
  PNG: 'png',
  GIF: 'gif',
  WebP: 'webp',
  TIFF: 'tif',
  AVIF: 'avif',
  'NumPy array': 'npy',
};

/** By the content; undefined where it is nothing that is read here. */
function extensionOf(bytes: Uint8Array): string | undefined {
  try {
    return extensions[imageFormat(bytes)];
  } catch (error) {
    if (error instanceof Undecodable) return undefined;
    throw error;
  }
}

function maskExtension(bytes: Uint8Array, key: string): string {
  const extension = extensionOf(bytes);
  if (extension === 'png' || extension === 'tif' || extension === 'npy') return extension;
  throw new SemmaeError({
    where: 'packShards',
    requirement: `the part map of ${key} must be PNG, TIFF or NumPy`,
    got: extension ?? `${bytes.length} bytes of another format`,
  });
}

function pngOfPixels({ width, height, channels, pixels }: RawImage, key: string): Uint8Array {
  if (!(pixels instanceof Float32Array) && channels <= 4) {
    return encode({ width, height, channels, data: pixels, depth: pixels instanceof Uint16Array ? 16 : 8 });
  }
  throw new SemmaeError({
    where: 'packShards',
    requirement: 'pixels that come from no file must be integers in 1 to 4 channels, as PNG holds them',
    got: `${key} of ${channels} channels of ${pixels.constructor.name}`,
  });
}

function pngOfLabels({ width, height, ids }: RawLabels): Uint8Array {
  return encode({ width, height, channels: 1, data: ids, depth: ids instanceof Uint16Array ? 16 : 8 });
}
