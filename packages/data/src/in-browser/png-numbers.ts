// The numbers in a PNG as they are stored, without a decoder of the system: palette indices, gray values of 1 to 16 bits.

import { type DecodedPng, decode } from 'fast-png';
import { pngHeader } from '../pixels/png-chunks';
import { assertPixelLimit } from '../pixels/stored-numbers';
import { Undecodable } from '../pixels/undecodable';

export interface PngNumbers {
  height: number;
  width: number;
  /** 1 of gray values or palette indices, 3 of RGB, one more with alpha. */
  bands: 1 | 2 | 3 | 4;
  /** 1, 2, 4, 8 or 16 bits. */
  depth: number;
  isIndexed: boolean;
  /** As EXIF counts. */
  orientation: number;
  /** [H, W, bands] */
  values: Uint8Array | Uint16Array;
}

/** Throws Undecodable for damaged files and for those of more pixels. */
export function pngNumbers(bytes: Uint8Array, pixelLimit: number): PngNumbers {
  const chunks = pngHeader(bytes);
  const header = chunks.get('IHDR');
  if (header?.length !== 13) throw new Undecodable('damaged', 'a PNG without a header');
  if (header[8]! < 8 && header[12] === 1) {
    throw new Undecodable('unsupported format', `an interlaced PNG of ${header[8]} bits: save it without Adam7`);
  }
  const size = new DataView(header.buffer, header.byteOffset);
  assertPixelLimit({ width: size.getUint32(0), height: size.getUint32(4), bands: 1 }, pixelLimit);
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (cause) {
    throw new Undecodable('damaged', (cause as Error).message, cause);
  }
  const { height, width, channels, depth, data, palette } = png;
  const values = depth < 8 ? unpacked(data, { height, width, depth }) : (data as Uint8Array | Uint16Array);
  const bands = channels as PngNumbers['bands'];
  const orientation = orientationOf(chunks.get('eXIf'));
  return { height, width, bands, depth, isIndexed: palette !== undefined, orientation, values };
}

/** EXIF is a small TIFF; its tag 274 is a number of two bytes. */
function orientationOf(exif: Uint8Array | undefined): number {
  if (exif === undefined || exif.length < 8) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  const little = exif[0] === 0x49; // II
  const start = view.getUint32(4, little);
  const count = start + 2 <= exif.length ? view.getUint16(start, little) : 0;
  for (let entry = start + 2; entry < start + 2 + 12 * count && entry + 12 <= exif.length; entry += 12) {
    if (view.getUint16(entry, little) === 274) return view.getUint16(entry + 8, little);
  }
  return 1;
}

/** Several numbers a byte, the first one highest; rows begin with a byte. One band alone has fewer than 8 bits. */
function unpacked(
  data: ArrayLike<number>,
  { height, width, depth }: Pick<PngNumbers, 'height' | 'width' | 'depth'>,
): Uint8Array {
  const [perByte, most] = [8 / depth, 2 ** depth - 1];
  const rowBytes = Math.ceil(width / perByte);
  return Uint8Array.from({ length: height * width }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const byte = data[row * rowBytes + Math.floor(column / perByte)]!;
    return (byte >> (8 - depth * ((column % perByte) + 1))) & most;
  });
}
