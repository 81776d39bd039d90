// What kind of file bytes are, by how they begin, whatever the file is called.

import { Undecodable } from './undecodable';

export type ImageFormat = 'JPEG' | 'PNG' | 'GIF' | 'WebP' | 'TIFF' | 'AVIF' | 'NumPy array';

/** Throws Undecodable for bytes that are no image, and for images that are not read here, which it names. */
export function imageFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new Undecodable('empty file', 'it has no byte');
  const start = String.fromCharCode(...bytes.subarray(0, 512)); // TextDecoder's latin1 is windows-1252
  const readable = readableFormats.find(([pattern]) => pattern.test(start));
  if (readable !== undefined) return readable[1];
  const named = otherFormats.find(([pattern]) => pattern.test(start));
  if (named !== undefined) throw new Undecodable('unsupported format', `${named[1]}: save it as PNG, JPEG or TIFF`);
  throw new Undecodable('unrecognized', contentOf(start));
}

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: files begin with them
const readableFormats: readonly (readonly [RegExp, ImageFormat])[] = [
  [/^\xff\xd8\xff/, 'JPEG'],
  [/^\x89PNG\r\n\x1a\n/, 'PNG'],
  [/^GIF8[79]a/, 'GIF'],
  [/^RIFF.{4}WEBP/s, 'WebP'],
  [/^(?:II[*+]\0|MM\0[*+])(?!.{4}CR)/s, 'TIFF'],
  [/^.{4}ftyp(?:avif|avis|mif1.{4}(?:.{4})*?avif)/s, 'AVIF'],
  [/^\x93NUMPY/, 'NumPy array'],
];

const otherFormats: readonly (readonly [RegExp, string])[] = [
  [/^.{4}ftyp(?:hei|hev|mif1|msf1)/s, 'HEIC, which its makers license'],
  [/^.{4}ftyp/s, 'a video'],
  [/^BM/, 'BMP'],
  [/^8BPS/, 'Photoshop'],
  [/^(?:\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/, 'JPEG 2000'],
  [/^(?:\xff\x0a|\0\0\0\x0cJXL )/, 'JPEG XL'],
  [/^\0\0[\x01\x02]\0/, 'ICO'],
  [/^P[1-7]\s/, 'PNM'],
  [/^P[Ff]\s/, 'PFM'],
  [/^v\/1\x01/, 'OpenEXR'],
  [/^#\?(?:RADIANCE|RGBE)/, 'Radiance HDR'],
  [/^\s*(?:<\?xml.*?)?<svg/s, 'SVG'],
  [/^%PDF/, 'PDF'],
  [/^.{128}DICM/s, 'DICOM'],
  [/^SIMPLE {2}=/, 'FITS'],
  [/^\x89HDF/, 'HDF5'],
  [/^PK\x03\x04/, 'a zip archive'],
  [/^(?:II\*\0|FUJIFILM)/, 'the raw file of a camera'],
];
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: files begin with them

function contentOf(start: string): string {
  if (start.startsWith('version https://git-lfs')) return 'a pointer of Git LFS in place of the file: run git lfs pull';
  if (/^\s*<(?:!doctype html|html)/i.test(start)) return 'a web page in place of the file';
  if (/^\0+$/.test(start)) return 'zeros in place of the file';
  return `it begins with ${JSON.stringify(start.slice(0, 16))}`;
}
