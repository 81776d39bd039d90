// The images that a list names as a source.

import { basename, dirname, extname, resolve } from 'node:path';

import type { ImageSource } from '../image-source';
import { leftOut } from '../left-out';
import { fileIndex } from './file-index';
import { hasExtension, imageExtensions, leftOutKind } from './file-kinds';
import { fileSource } from './file-source';
import { numberedLabels } from './label-names';
import { readImageList } from './read-image-list';

export interface OpenListSourceOptions {
  /** What relative paths of images begin at. Default: the folder of the list. */
  root?: string | undefined;
  /** The same of label files. Default `root`. */
  masks?: string | undefined;
  /** Names of the part ids 1..P in the label files. */
  partNames?: readonly string[] | undefined;
}

/**
 * Opens a list of images in its order: `.csv` or `.tsv` with columns `file`, `label` and `mask`, `.jsonl` with these keys, or `.txt` with a path
 * a line. Only the list is read: a file that is not there is unreadable when it is asked for.
 *
 * Throws a SemmaeError where the list cannot be read, is empty, or has a line without an image.
 */
export async function openListSource(list: string, options: OpenListSourceOptions = {}): Promise<ImageSource> {
  const { root = dirname(resolve(list)), masks = root, partNames } = options;
  const left = leftOut();
  const images = await readImageList(list);
  const usable = images.filter(({ file }) => {
    if (hasExtension(file, imageExtensions)) return true;
    left.add(leftOutKind(basename(file)) ?? 'other file', file);
    return false;
  });
  const { labels, classNames } = numberedLabels(usable.map(({ label }) => label));
  const found = usable.map(({ file, mask }, index) => ({ path: file, mask, label: labels[index] }));
  const name = basename(list, extname(list));
  return fileSource(fileIndex(found, classNames, left), { name, partNames, imageRoot: root, maskRoot: masks });
}
