// From what `data` names to images.

import type { ImageSize } from '@semmae/core';
import {
  builtInCount,
  type ImageDataset,
  type ImageForm,
  imageDataset,
  isBuiltIn,
  nextReadable,
  openSource,
  partDataset,
  splitByIndex,
  subset,
} from '@semmae/data';

import type { StageOptions } from '../runs/stage-options';

/** How images are read, the same in every stage. */
export interface ReadingOptions {
  /** `skip`: images that prove unreadable are left out and counted. `fail`: the first one is an error. Default 'skip'. */
  unreadable?: 'skip' | 'fail';
  /** Stop when more than this share of the images proved unreadable; one may always be. Default 0.1. */
  maxUnreadable?: number;
  /** Which labels, where there are several: the column of a table, or 'fine' or 'coarse' of CIFAR-100. */
  label?: string;
}

export interface DataOptions extends ReadingOptions {
  /**
   * What `openSource` knows: a folder of photographs, Parquet files, 'hf:owner/name', CIFAR, idx; 'built-in' or 'built-in:<count>' for
   * the drawn data set; or a data set that is open already.
   */
  data: string | ImageDataset;
  /** Folder of PNGs of part labels named like the images. Default: masks/ beside images/. */
  masks?: string;
  /** Images to hold out: the same ones in every stage. Default 0. */
  heldOut?: number;
}

/** Of stages that take all images and look at no part maps. */
export type AllImagesOptions = Omit<DataOptions, 'masks' | 'heldOut'>;

/** What images a stage wants, all of one size. */
export interface SizedForm extends ImageForm {
  imageSize: ImageSize;
}

export interface OpenedData {
  all: ImageDataset;
  /** What may be trained on. */
  train: ImageDataset;
  /** What is kept for evaluation; everything where nothing is held out. */
  evaluation: ImageDataset;
}

type OpeningStage = Pick<StageOptions, 'signal' | 'onProgress' | 'onWarning'>;

/** Opens what `data` names, or draws the built-in data set, in that form, and holds images out. An open data set keeps its own. */
export async function openData(
  { data, heldOut = 0, ...options }: DataOptions,
  form: SizedForm,
  { onData, ...stage }: Pick<StageOptions, 'onData'> & OpeningStage = {},
): Promise<OpenedData> {
  const all = typeof data === 'string' ? await openAll(data, options, form, stage) : data;
  if (all !== data) onData?.(all);
  if (heldOut === 0) return { all, train: all, evaluation: all };
  const split = splitByIndex(all, { heldOut });
  return { all, train: split.train, evaluation: split.heldOut };
}

async function openAll(
  data: string,
  { masks, label, unreadable, maxUnreadable }: Omit<DataOptions, 'data' | 'heldOut'>,
  form: SizedForm,
  { onWarning, signal, onProgress }: OpeningStage,
): Promise<ImageDataset> {
  // Drawn at the size that is asked for, it needs no framing.
  if (isBuiltIn(data)) return partDataset({ ...form.imageSize, seed: 0, count: builtInCount(data), split: 'pretrain' });
  const source = await openSource(data, {
    masks,
    label,
    onWarning,
    signal,
    onProgress: (progress) => onProgress?.({ title: 'Opening images', unit: 'parts', ...progress }),
  });
  const opened = imageDataset(source, form, { unreadable, maxUnreadable });
  await nextReadable(opened, 0); // what does not fit together is said before anything is written
  return opened;
}

/** `count` images, evenly spaced over the data set; all where there are fewer. */
export function evenlySpaced(data: ImageDataset, count: number): ImageDataset {
  if (data.length <= count) return data;
  return subset(
    data,
    Array.from({ length: count }, (_, place) => Math.floor(((place + 0.5) * data.length) / count)),
  );
}
