// Runs libvips on the bytes of a picture, and says why where it cannot.

import sharp, { type Sharp } from 'sharp';

import type { ImageFormat } from './image-format';
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
  } catch {
    return alone(async () => {
      const found = await untilSaid(picture, warned);
      if (!(found instanceof Undecodable)) return found;
      const again = picture.damaged === 'strict' ? undefined : tolerantly(picture, found);
      if (again === undefined) throw found;
      const result = await untilSaid(picture, () => treat(again()));
      if (result instanceof Undecodable) throw result;
      return result;
    });
  }
}

let earlier: Promise<unknown> = Promise.resolve();

/**
 * Libvips keeps one text of warnings for all threads: another picture may have cleared it or added to it. So the reason for a
 * refusal, which decides whether it was harmless, is looked for one picture at a time.
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

/** What libjpeg warns of although the pixels are as they were written. */
const harmless =
  /extraneous bytes before marker|unknown Adobe color transform|unknown JFIF|Inconsistent progression|Invalid SOS/i;

/**
 * A second try that lets warnings pass, unless pixels are missing or wrong. libvips takes a JPEG without end marker for truncated,
 * whether or not all pixels are there; with the marker it knows, except of progressive ones, which may lack whole scans.
 */
function tolerantly(picture: PictureBytes, { kind, message }: Undecodable): (() => Sharp) | undefined {
  const { bytes, format } = picture;
  if (kind === 'too large') return undefined;
  if (kind !== 'truncated')
    return format !== 'JPEG' || harmless.test(message) ? () => open(bytes, picture, 'error') : undefined;
  if (format !== 'JPEG' || !/end of JPEG image/.test(message) || isProgressive(bytes)) return undefined;
  const ended = new Uint8Array(bytes.length + 2);
  ended.set(bytes);
  ended.set([0xff, 0xd9], bytes.length);
  return () => open(ended, picture, 'warning');
}

/** Whether its frame header is one of those with scans that refine others: SOF2, SOF6, SOF10, SOF14. */
function isProgressive(bytes: Uint8Array): boolean {
  for (let start = 2; start + 4 <= bytes.length; ) {
    const marker = bytes[start + 1]!;
    if (bytes[start] !== 0xff || marker === 0xda) return false;
    if (marker >= 0xc0 && marker <= 0xcf && marker % 4 !== 0) return marker % 4 === 2;
    if (marker === 0xc0) return false;
    start += 2 + bytes[start + 2]! * 256 + bytes[start + 3]!;
  }
  return false;
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
