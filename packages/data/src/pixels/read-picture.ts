// Runs libvips on the bytes of a picture, and says why where it cannot.

import sharp, { type Sharp } from 'sharp';

import { endsEarly } from './ends-early';
import type { ImageFormat } from './image-format';
import { jpegScans } from './jpeg-scans';
import { Undecodable } from './undecodable';

export interface PictureBytes {
  bytes: Uint8Array;
  format: ImageFormat;
  pixelLimit: number;
  damaged: 'accept-warnings' | 'strict';
  /** Whether colors stay as they are stored. Default false: they go through the profile of the file. */
  ignoreProfile?: boolean;
}

/**
 * The pixels that `treat` asks for. Throws Undecodable. Why a picture cannot be read is judged by its bytes: libvips keeps one text of
 * errors for all pictures that it reads side by side, in all threads.
 */
export async function readPicture<T>(picture: PictureBytes, treat: (image: Sharp) => Promise<T>): Promise<T> {
  try {
    return await treat(open(picture, 'warning'));
  } catch (error) {
    const bytes = picture.format === 'JPEG' ? wholeJpeg(picture, error) : picture.bytes;
    if (picture.damaged === 'strict') throw await undecodable(picture, error);
    try {
      return await treat(open({ ...picture, bytes }, 'error'));
    } catch (again) {
      throw await undecodable(picture, again);
    }
  }
}

/**
 * A JPEG that has all its pixels although a decoder warns of it. The end marker is added where it is missing: libvips takes such a file
 * for truncated.
 */
function wholeJpeg({ bytes, damaged }: PictureBytes, cause: unknown): Uint8Array {
  const { damage, ended } = jpegScans(bytes);
  if (damage !== undefined) throw new Undecodable(damage.kind, damage.reason, cause);
  if (ended) return bytes;
  if (damaged === 'strict') throw new Undecodable('truncated', 'it has no end marker', cause);
  return Buffer.concat([bytes, Uint8Array.of(0xff, 0xd9)]);
}

function open({ bytes, pixelLimit, ignoreProfile = false }: PictureBytes, failOn: 'warning' | 'error'): Sharp {
  return sharp(bytes, { failOn, limitInputPixels: pixelLimit, ignoreIcc: ignoreProfile });
}

/** The numbers of 16 bits that libvips wrote. */
export function halvesOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint16Array {
  return new Uint16Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** How libvips begins its messages about a format. */
const domains: Readonly<Partial<Record<ImageFormat, RegExp>>> = {
  ...{ JPEG: /jpeg/i, PNG: /png/i, GIF: /gif/i, WebP: /webp/i, TIFF: /tiff/i, AVIF: /heif/i },
};

async function undecodable({ bytes, format, pixelLimit }: PictureBytes, error: unknown): Promise<Undecodable> {
  if (error instanceof Undecodable) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/exceeds (?:pixel|channel) limit/.test(text)) {
    return new Undecodable('too large', `it has more than ${pixelLimit} pixels or five bands`, error);
  }
  if (await endsEarly(bytes, format)) return new Undecodable('truncated', 'it ends before its pixels do', error);
  const own = text.split('\n').find((line) => domains[format]?.test(line));
  if (/not configured|unsupported|not supported|bad labq/i.test(text))
    return new Undecodable('unsupported format', own ?? text.split('\n', 1)[0]!, error);
  return new Undecodable('damaged', own?.trim() ?? `a decoder refuses its ${format} data`, error);
}
