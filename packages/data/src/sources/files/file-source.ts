// Files that an index lists as a source.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { assertIndex } from '../../assert-index';
import type { ImageSource } from '../image-source';
import { packedKey } from '../key-table';
import { leftOut } from '../left-out';
import type { FileIndex } from './file-index';
import { idOf } from './file-names';

export interface FileSourceOptions {
  name: string;
  partNames?: readonly string[] | undefined;
  /** What the paths of images and label files are below. */
  imageRoot: string;
  maskRoot?: string | undefined;
}

export function fileSource(index: FileIndex, options: FileSourceOptions): ImageSource {
  const { name, partNames, imageRoot, maskRoot = imageRoot } = options;
  const { images, labels, masks, classNames, idRules } = index;
  const length = idRules.length;
  const left = leftOut();
  left.include(index.leftOut);
  const pathAt = (place: number) => {
    assertIndex(name, place, length);
    return packedKey(images, place);
  };
  const labelAt = (place: number) => {
    assertIndex(name, place, length);
    const label = labels?.[place] ?? -1;
    return label < 0 ? undefined : label;
  };
  return {
    ...{ name, length, classNames, partNames, leftOut: left, labelAt },
    idAt: (place) => idOf(pathAt(place), idRules[place]!),
    async read(place) {
      const path = resolve(imageRoot, pathAt(place));
      const label = labelAt(place);
      const maskPath = masks === undefined ? '' : packedKey(masks, place);
      if (maskPath === '') return { image: await readFile(path), label, names: { image: path } };
      const mask = resolve(maskRoot, maskPath);
      const [image, ids] = await Promise.all([readFile(path), readFile(mask)]);
      return { image, mask: ids, label, names: { image: path, mask } };
    },
  };
}
