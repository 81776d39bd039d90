// From what `data` names to images.

import { type ImageSize, SemmaeError } from '@semmae/core';
import {
  builtInCount,
  type FolderLayout,
  type ImageDataset,
  type ImageForm,
  imageDataset,
  isBuiltIn,
  nextReadable,
  openSource,
  type PixelRules,
  partDataset,
  splitByIndex,
  subset,
} from '@semmae/data';

import type { StageOptions } from '../runs/stage-options';

/** How images are read, the same in every stage. Channels, bands and range are as the model was trained where these leave them open. */
export interface ReadingOptions extends Pick<PixelRules, 'channels' | 'bands' | 'valueRange'> {
  /** `skip`: images that prove unreadable are left out and counted. `fail`: the first one is an error. Default 'skip'. */
  unreadable?: 'skip' | 'fail';
  /** Stop when more than this share of the images proved unreadable; one may always be. Default 0.1. */
  maxUnreadable?: number;
  /** Which labels, where there are several: the column of a table, or 'fine' or 'coarse' of CIFAR-100. */
  label?: string;
  /** A list of the labels of the images in a folder, `file,label`. Default: labels.csv in it. */
  labelFile?: string;
  /** How a folder is read, see `openFolderSource`. Default: as most of its images lie. */
  layout?: FolderLayout;
}

export interface DataOptions extends ReadingOptions {
  /**
   * What `openSource` knows: a folder of photographs, a list of them, WebDataset shards, Parquet files, 'hf:owner/name', CIFAR, idx;
   * 'built-in' or 'built-in:<count>' for the drawn data set; or a data set that is open already.
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
  if (typeof data !== 'string') assertNoRules(options, 'a data set that is open');
  const all = typeof data === 'string' ? await openAll(data, options, form, stage) : data;
  if (all !== data) onData?.(all);
  if (heldOut === 0) return { all, train: all, evaluation: all };
  const split = splitByIndex(all, { heldOut });
  return { all, train: split.train, evaluation: split.heldOut };
}

async function openAll(
  data: string,
  { masks, label, labelFile, layout, unreadable, maxUnreadable, ...rules }: Omit<DataOptions, 'data' | 'heldOut'>,
  wanted: SizedForm,
  { onWarning, signal, onProgress }: OpeningStage,
): Promise<ImageDataset> {
  const form = { ...wanted, pixels: pixelRules(wanted, rules) };
  if (isBuiltIn(data)) {
    assertNoRules(rules, 'the drawn data set, which is RGB');
    // Drawn at the size that is asked for, it needs no framing.
    return partDataset({ ...form.imageSize, seed: 0, count: builtInCount(data), split: 'pretrain' });
  }
  const source = await openSource(data, {
    masks,
    label,
    labelFile,
    layout,
    onWarning,
    signal,
    onProgress: (progress) => onProgress?.({ title: 'Opening images', unit: 'parts', ...progress }),
  });
  const opened = imageDataset(source, form, { unreadable, maxUnreadable });
  await nextReadable(opened, 0); // what does not fit together is said before anything is written
  return opened;
}

type Rules = Pick<PixelRules, 'channels' | 'bands' | 'valueRange'>;

/** Those of the options; what they leave open is as the model was trained, but for bands of another number of channels. */
function pixelRules({ pixels }: SizedForm, { channels, bands, valueRange }: Rules): PixelRules | undefined {
  const isOther = channels !== undefined && pixels?.bands !== undefined && pixels.bands.length !== channels;
  const { bands: usual, channels: usualChannels, ...others } = pixels ?? {};
  const rules = {
    ...others,
    channels: channels ?? bands?.length ?? usualChannels,
    bands: bands ?? (isOther ? undefined : usual),
    ...(valueRange && { valueRange }),
  };
  return Object.values(rules).every((value) => value === undefined) ? undefined : rules;
}

/** Nothing that was said of pixels may be passed over. */
function assertNoRules({ channels, bands, valueRange }: Rules, got: string): void {
  const [name] = Object.entries({ channels, bands, valueRange }).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  const requirement = 'is about images that are read from files';
  throw new SemmaeError({ where: `\`${name}\``, requirement, got, remedy: 'leave it out' });
}

/** `count` images, evenly spaced over the data set; all where there are fewer. */
export function evenlySpaced(data: ImageDataset, count: number): ImageDataset {
  if (data.length <= count) return data;
  return subset(
    data,
    Array.from({ length: count }, (_, place) => Math.floor(((place + 0.5) * data.length) / count)),
  );
}
