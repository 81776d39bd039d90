// A picture as a PNG file on disk.

import { replaceFileSync } from '@semmae/core/files';

import { type EncodePngOptions, encodePng } from './encode-png';
import type { Picture } from './picture';

/** Writes `path`, whole or not at all; missing folders are made. */
export async function writePng(path: string, picture: Picture, options: EncodePngOptions = {}): Promise<void> {
  replaceFileSync(path, await encodePng(picture, options));
}
