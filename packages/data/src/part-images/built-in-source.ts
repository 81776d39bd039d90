// The built-in data set by its name: built-in or built-in:<count>.

import { type ImageSize, SemmaeError } from '@semmae/core';

import type { ImageSource } from '../sources/image-source';
import { partDataset } from './part-dataset';

const pattern = /^built-in(?::(.*))?$/s;
const defaultCount = 1000;

export function isBuiltIn(name: string): boolean {
  return pattern.test(name);
}

/** How many images `built-in:<count>` names; 1000 where none is named. Throws a SemmaeError for what is no number. */
export function builtInCount(name: string): number {
  const [, text = String(defaultCount)] = pattern.exec(name) ?? [];
  const count = Number(text);
  if (text.trim() !== '' && Number.isInteger(count) && count >= 1) return count;
  throw new SemmaeError({
    where: '`data`',
    requirement: 'built-in:<count> must name an integer of at least 1',
    got: text,
    remedy: 'write built-in:200, for instance',
  });
}

/** Its pictures of seed 0, drawn at `imageSize` when they are read. Default 64 x 64. */
export function builtInSource(name: string, imageSize?: ImageSize): ImageSource {
  const dataset = partDataset({ ...imageSize, seed: 0, count: builtInCount(name), cacheBytes: 0 });
  const { length, classNames, partNames, idAt, labelAt } = dataset;
  return { name: dataset.name, length, classNames, partNames, idAt, labelAt, read: (index) => dataset.sample(index) };
}
