// What a file is by its name: an image, a picture that nothing here reads, or something else.

import { extensionOf } from './file-names';

export const imageExtensions: readonly string[] = [
  ...['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff', '.npy'],
];
export const labelExtensions: readonly string[] = ['.png', '.tif', '.tiff', '.npy'];

/** Pictures whose decoders are not part of this package. */
const otherPictures = new Set([
  ...'.heic .heif .bmp .jxl .jp2 .j2k .psd .tga .svg .ico .exr .hdr .ppm .pgm .pbm'.split(' '),
  ...'.raw .dng .cr2 .cr3 .nef .arw .orf .rw2 .raf .pdf .mp4 .mov .avi'.split(' '),
]);

/** Folders that programs make for themselves, beside those that begin with a dot. */
const folderOfPrograms = new Set(['__MACOSX', '@eaDir', '$RECYCLE.BIN', 'System Volume Information', 'lost+found']);

/** Files that operating systems leave behind. */
const fileOfSystem = new Set(['Thumbs.db', 'desktop.ini', 'ehthumbs.db']);

export function isHidden(name: string): boolean {
  return name.startsWith('.') || folderOfPrograms.has(name);
}

export function hasExtension(name: string, extensions: readonly string[]): boolean {
  return extensions.includes(extensionOf(name).toLowerCase());
}

/** How a file that is not used is counted; undefined where nobody misses it. */
export function leftOutKind(name: string): string | undefined {
  if (name.includes('\uFFFD')) return 'file with a damaged name'; // bytes that are no UTF-8: it cannot be opened by this name
  const extension = extensionOf(name).toLowerCase();
  if (isHidden(name)) return hasExtension(name, imageExtensions) ? 'hidden file' : undefined;
  if (otherPictures.has(extension)) return extension;
  return fileOfSystem.has(name) ? undefined : 'other file';
}
