// From `--data` to images.

import { type ImageDataset, openImageFolder, partDataset, splitByIndex, subset } from '@semmae/data';

import type { ImageSize, StageReport } from '@semmae/pipeline';
import { integer } from './option-parsers';
import type { DataOptions } from './shared-options';

const builtInCount = 1000;

export interface OpenedData {
  all: ImageDataset;
  /** What may be trained on. */
  train: ImageDataset;
  /** What is kept for evaluation; everything where nothing is held out. */
  evaluation: ImageDataset;
}

/** Opens the folder, or draws the built-in data set, at one size, and holds images out. */
export async function openData(
  { data, masks, heldOut }: DataOptions,
  size: ImageSize,
  onProgress: (report: StageReport) => void,
): Promise<OpenedData> {
  const all = await openAll(data, masks, size, onProgress);
  for (const { path, reason } of all.skipped) console.error(`skipped ${path}: ${reason}`);
  if (heldOut === 0) return { all, train: all, evaluation: all };
  const split = splitByIndex(all, { heldOut });
  return { all, train: split.train, evaluation: split.heldOut };
}

async function openAll(
  data: string,
  masks: string | undefined,
  size: ImageSize,
  onProgress: (report: StageReport) => void,
): Promise<ImageDataset> {
  const builtIn = /^built-in(?::(.*))?$/.exec(data);
  if (builtIn === null) {
    return openImageFolder({
      root: data,
      ...size,
      masks,
      onProgress: ({ done, total }) => onProgress({ title: 'Reading images', done, total, unit: 'images' }),
    });
  }
  const count = builtIn[1] === undefined ? builtInCount : integer('--data built-in:<count>')(builtIn[1]);
  return partDataset({ ...size, seed: 0, count, split: 'pretrain' });
}

/** `count` images, evenly spaced over the data set; all where there are fewer. */
export function evenlySpaced(data: ImageDataset, count: number): ImageDataset {
  if (data.length <= count) return data;
  return subset(
    data,
    Array.from({ length: count }, (_, place) => Math.floor(((place + 0.5) * data.length) / count)),
  );
}
