// Holds images out of training, the same ones in every run.

import { assertInteger, createRng, SemmaeError } from '@semmae/core';

import type { ImageDataset } from '../image-dataset';
import { subset } from './subset';

export interface IndexSplit {
  train: ImageDataset;
  heldOut: ImageDataset;
}

/**
 * Holds out `heldOut` images, spread evenly over the order of the data set: the indices are cut into that many stretches, and one
 * image is taken from each, so the classes of an image folder keep their shares. The place in a stretch is irregular, since equal
 * distances would hit one class only where labels take turns. The choice depends on the two numbers alone.
 */
export function splitByIndex(dataset: ImageDataset, { heldOut }: { heldOut: number }): IndexSplit {
  assertInteger('splitByIndex', 'heldOut', heldOut);
  if (heldOut >= dataset.length) {
    throw new SemmaeError({
      where: '`heldOut`',
      requirement: `must leave an image to train on: at most ${dataset.length - 1} of the ${dataset.length} of ${dataset.name}`,
      got: heldOut,
    });
  }
  const chosen = heldOutIndices(dataset.length, heldOut);
  const rest = Array.from({ length: dataset.length }, (_, index) => index).filter((index) => !chosen.has(index));
  return { train: subset(dataset, rest), heldOut: subset(dataset, [...chosen]) };
}

function heldOutIndices(length: number, count: number): Set<number> {
  const rng = createRng(0).split('held out by index');
  const chosen = new Set<number>();
  for (let stretch = 0; stretch < count; stretch++) {
    const start = Math.floor((stretch * length) / count);
    const end = Math.floor(((stretch + 1) * length) / count);
    chosen.add(start + rng.integer(end - start));
  }
  return chosen;
}
