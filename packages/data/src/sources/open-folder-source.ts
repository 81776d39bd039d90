// A folder of image files as a source.

import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import { assertIndex } from '../assert-index';
import type { ImageSource } from './image-source';
import { leftOut } from './left-out';
import { listImages } from './list-images';

export interface OpenFolderSourceOptions {
  /** Folder of part-map PNGs with the images' names. Default `root/masks` beside `root/images`. */
  masks?: string | undefined;
  /** Names of the part ids 1..P in the part maps. */
  partNames?: readonly string[] | undefined;
}

/**
 * The images below `root`: in the folder itself, or in one sub-folder per class, or in `images` beside `masks`. Only names are read.
 * Throws a SemmaeError when the folder is missing or holds no image.
 */
export async function openFolderSource(
  root: string,
  { masks, partNames }: OpenFolderSourceOptions = {},
): Promise<ImageSource> {
  const { images, classNames } = await listImages(root, masks);
  const name = basename(resolve(root));
  const at = (index: number) => {
    assertIndex(name, index, images.length);
    return images[index]!;
  };
  return {
    ...{ name, length: images.length, classNames, partNames, leftOut: leftOut() },
    idAt: (index) => at(index).stem,
    labelAt: (index) => at(index).label,
    async read(index) {
      const { path, maskPath, label } = at(index);
      const [image, mask] = await Promise.all([
        readFile(path),
        maskPath === undefined ? undefined : readFile(maskPath),
      ]);
      return { image, mask, label, names: { image: path, mask: maskPath } };
    },
  };
}
