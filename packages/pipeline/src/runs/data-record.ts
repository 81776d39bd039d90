// Which images a result is about, short enough to keep beside it.

import { createHash } from 'node:crypto';

import type { ImageDataset } from '@semmae/data';

export interface DataRecord {
  name: string;
  images: number;
  /** Of the names of all images, in their order. */
  sha256: string;
}

export function dataRecord(data: ImageDataset): DataRecord {
  const hash = createHash('sha256');
  for (let index = 0; index < data.length; index++) hash.update(`${JSON.stringify(data.idAt(index))}\n`);
  return { name: data.name, images: data.length, sha256: hash.digest('hex') };
}
