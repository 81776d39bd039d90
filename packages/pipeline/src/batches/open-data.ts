// From what `data` names to images.

import { type Framing, type ImageSize, SemmaeError } from '@semmae/core';
import { type ImageDataset, openImageFolder, partDataset, splitByIndex, subset } from '@semmae/data';

import type { StageOptions } from '../runs/stage-options';

export interface DataOptions {
  /** A folder of photographs, 'built-in' or 'built-in:<count>' for the drawn data set, or a data set that is open already. */
  data: string | ImageDataset;
  /** Folder of PNGs of part labels named like the images. Default: masks/ beside images/. */
  masks?: string;
  /** Images to hold out: the same ones in every stage. Default 0. */
  heldOut?: number;
}

/** What images a stage wants. */
export interface ImageForm {
  imageSize: ImageSize;
  /** Default: photographs are resized to cover the size and cropped around the center. */
  framing?: Framing | undefined;
}

export interface OpenedData {
  all: ImageDataset;
  /** What may be trained on. */
  train: ImageDataset;
  /** What is kept for evaluation; everything where nothing is held out. */
  evaluation: ImageDataset;
}

const builtInCount = 1000;
/** Unreadable files that are named one by one. */
const namedFiles = 10;

/** Opens the folder, or draws the built-in data set, in that form, and holds images out. An open data set keeps its own. */
export async function openData(
  { data, masks, heldOut = 0 }: DataOptions,
  form: ImageForm,
  stage: Pick<StageOptions, 'onProgress' | 'onWarning'> = {},
): Promise<OpenedData> {
  const all = typeof data === 'string' ? await openAll(data, masks, form, stage) : data;
  if (heldOut === 0) return { all, train: all, evaluation: all };
  const split = splitByIndex(all, { heldOut });
  return { all, train: split.train, evaluation: split.heldOut };
}

async function openAll(
  data: string,
  masks: string | undefined,
  { imageSize, framing }: ImageForm,
  { onProgress, onWarning }: Pick<StageOptions, 'onProgress' | 'onWarning'>,
): Promise<ImageDataset> {
  const builtIn = /^built-in(?::(.*))?$/.exec(data);
  if (builtIn !== null) return partDataset({ ...imageSize, seed: 0, count: countOf(builtIn[1]), split: 'pretrain' });
  const opened = await openImageFolder({
    root: data,
    ...imageSize,
    framing,
    masks,
    onProgress: ({ done, total }) => onProgress?.({ title: 'Reading images', done, total, unit: 'images' }),
  });
  const { skipped } = opened;
  for (const { path, reason } of skipped.slice(0, namedFiles)) onWarning?.(`left out ${path}: ${reason}`);
  if (skipped.length > 0) {
    const share = `${skipped.length} of ${skipped.length + opened.length}`;
    onWarning?.(`left out ${share} files of ${data} that could not be read`);
  }
  return opened;
}

function countOf(text: string | undefined): number {
  if (text === undefined) return builtInCount;
  const count = Number(text);
  if (text.trim() !== '' && Number.isInteger(count) && count >= 1) return count;
  throw new SemmaeError({
    where: '`data`',
    requirement: 'built-in:<count> must name an integer of at least 1',
    got: text,
    remedy: 'write built-in:200, for instance',
  });
}

/** `count` images, evenly spaced over the data set; all where there are fewer. */
export function evenlySpaced(data: ImageDataset, count: number): ImageDataset {
  if (data.length <= count) return data;
  return subset(
    data,
    Array.from({ length: count }, (_, place) => Math.floor(((place + 0.5) * data.length) / count)),
  );
}
