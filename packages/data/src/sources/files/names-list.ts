// Whether a path names a list of images.

import { statSync } from 'node:fs';

import { hasExtension } from './file-kinds';
import { listExtensions } from './read-image-list';

/** True for files by the extensions of lists. */
export function namesList(path: string): boolean {
  return hasExtension(path, listExtensions) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
