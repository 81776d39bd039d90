// Runs libvips on the bytes of a picture, and says why where it cannot.

import sharp, { type Sharp } from 'sharp';

import type { ImageFormat } from './image-format';
import { jpegScans } from './jpeg-scans';
import { pngChunks } from './png-chunks';
import { Undecodable } from './undecodable';

export interface PictureBytes {
  bytes: Uint8Array;
  format: ImageFormat;
  pixelLimit: number;
  damaged: 'accept-warnings' | 'strict';
  /** Whether colors stay as they are stored. Default false: they go through the profile of the file. */
  ignoreProfile?: boolean;
}

/** The pixels that `treat` asks for. Throws Undecodable. */
export async function readPicture<T>(picture: PictureBytes, treat: (image: Sharp) => Promise<T>): Promise<T> {
  const warned = () => treat(open(picture.bytes, picture, 'warning'));
  try {
    return await warned();
  } catch (error) {
    if (picture.format === 'JPEG') return readWholeJpeg(picture, treat, error);
    return alone(async () => {
      const found = await untilSaid(picture, warned);
      if (!(found instanceof Undecodable)) return found;
      if (picture.damaged === 'strict' || found.kind === 'too large' || found.kind === 'truncated') throw found;
      const result = await untilSaid(picture, () => treat(open(picture.bytes, picture, 'error')));
      if (result instanceof Undecodable) throw result;
      return result;
    });
  }
}

/**
 * A second try that lets warnings pass where the bytes of a JPEG say that no pixel is missing or wrong. The end marker is added where it
 * is missing: libvips takes such a file for truncated.
 */
async function readWholeJpeg<T>(
  picture: PictureBytes,
  treat: (image: Sharp) => Promise<T>,
  cause: unknown,
): Promise<T> {
  const { bytes, damaged } = picture;
  const { damage, ended } = jpegScans(bytes);
  if (damage !== undefined) throw new Undecodable(damage.kind, damage.reason, cause);
  if (damaged === 'strict') {
    throw ended
      ? new Undecodable('damaged', 'a decoder warns of it, though no pixel is missing', cause)
      : new Undecodable('truncated', 'it has no end marker', cause);
  }
  const whole = ended ? bytes : Buffer.concat([bytes, Uint8Array.of(0xff, 0xd9)]);
  try {
    return await treat(open(whole, picture, 'error'));
  } catch (error) {
    throw undecodable(picture, error);
  }
}

let earlier: Promise<unknown> = Promise.resolve();

/**
 * Libvips keeps one text of warnings for all threads: another picture may have cleared it or added to it. So the reason for a
 * refusal is looked for one picture at a time.
 */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const result = earlier.then(work);
  earlier = result.catch(() => undefined);
  return result;
}

async function untilSaid<T>(picture: PictureBytes, attempt: () => Promise<T>, tries = 9): Promise<T | Undecodable> {
  try {
    return await attempt();
  } catch (error) {
    const isSaid = !/^Warning treated as error/.test((error as Error).message);
    return isSaid || tries === 1 ? undecodable(picture, error) : untilSaid(picture, attempt, tries - 1);
  }
}

function open(
  bytes: Uint8Array,
  { pixelLimit, ignoreProfile = false }: PictureBytes,
  failOn: 'warning' | 'error',
): Sharp {
  return sharp(bytes, { failOn, limitInputPixels: pixelLimit, ignoreIcc: ignoreProfile });
}

/** The numbers of 16 bits that libvips wrote. */
export function halvesOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint16Array {
  return new Uint16Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

const missing =
  /premature|unexpected end|truncat|not enough data|read error at scanline|bad seek|unable to parse image/i;

function undecodable({ bytes, format, pixelLimit }: PictureBytes, error: unknown): Undecodable {
  if (error instanceof Undecodable) return error;
  const text = error instanceof Error ? error.message : String(error);
  const reason = (text.split('\n').find((line) => line.trim() !== '') ?? 'no reason given').trim();
  if (/exceeds (?:pixel|channel) limit/.test(text)) {
    return new Undecodable('too large', `it has more than ${pixelLimit} pixels or five bands`, error);
  }
  if (/not configured|unsupported|not supported|bad labq/i.test(text))
    return new Undecodable('unsupported format', reason, error);
  const truncated = format === 'PNG' ? [...pngChunks(bytes)].at(-1)?.name !== 'IEND' : missing.test(text);
  return new Undecodable(truncated ? 'truncated' : 'damaged', reason, error);
}
