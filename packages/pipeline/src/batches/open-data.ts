// From what `data` names to images.

import { readFileSync } from 'node:fs';

import { type ImageSize, SemmaeError } from '@semmae/core';
import {
  type ColorTable,
  type FolderLayout,
  type ImageDataset,
  type ImageForm,
  type ImageSource,
  imageDataset,
  isBuiltIn,
  type LabelRules,
  nextReadable,
  openSource,
  type PixelRules,
  splitByIndex,
  subset,
  type UnreadablePolicy,
} from '@semmae/data';

import type { StageOptions } from '../runs/stage-options';

/** Where images are, the same in every stage. */
export interface SourceOptions {
  /** Folder of label files named like the images. Default: masks/ beside images/. */
  masks?: string;
  /** Which of several splits, such as test. Default: train where there are several. */
  split?: string;
  /** Which labels, where there are several: the column of a table, or 'fine' or 'coarse' of CIFAR-100. */
  label?: string;
  /** A list of the labels of the images in a folder, `file,label`. Default: labels.csv in it. */
  labelFile?: string;
  /** How a folder is read, see `openFolderSource`. Default: as most of its images lie. */
  layout?: FolderLayout;
  /** What becomes of a shard that is named and not there. Default 'fail'. */
  missingShards?: 'fail' | 'skip';
  /** Whether to keep what was found in large folders and shards for the next time. Default true. */
  cacheIndex?: boolean;
}

/** What images and label files become. Channels, bands and range are as the model was trained where these leave them open. */
export interface RuleOptions extends PixelRules {
  /** Id of pixels without a label in masks. Default: every id is a part, 0 background. */
  ignoreLabel?: number;
  /** For masks in RGB: ids by color, or a JSON file of that. */
  colorTable?: ColorTable | string;
}

/** How images are found and read, the same in every stage. */
export interface ReadingOptions extends SourceOptions, RuleOptions, UnreadablePolicy {}

export interface DataOptions extends ReadingOptions {
  /**
   * What `openSource` knows: a folder of photographs, a list of them, WebDataset shards, Parquet files, 'hf:owner/name', CIFAR, idx;
   * 'built-in' or 'built-in:<count>' for the drawn data set; or a data set that is open already.
   */
  data: string | ImageDataset;
  /** Images to hold out: the same ones in every stage. Default 0. */
  heldOut?: number;
}

/** Of stages that look at no part maps: `labels` of their form is false. */
export type ImagesOptions = Omit<DataOptions, 'masks' | 'ignoreLabel' | 'colorTable'>;

/** Of stages that take all images, too. */
export type AllImagesOptions = Omit<ImagesOptions, 'heldOut'>;

/** What images a stage wants. */
export interface SizedForm extends ImageForm {
  imageSize: ImageSize;
  /** Leave images of other sources than the drawn one at their own size, since views are cut from them. Default false. */
  ownSizes?: boolean | undefined;
}

export interface OpenedData {
  all: ImageDataset;
  /** What may be trained on. */
  train: ImageDataset;
  /** What is kept for evaluation; everything where nothing is held out. */
  evaluation: ImageDataset;
}

type OpeningStage = Pick<StageOptions, 'onNote' | 'signal' | 'onProgress' | 'onWarning'>;

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
  options: ReadingOptions,
  { imageSize, framing, ownSizes = false, ...form }: SizedForm,
  stage: OpeningStage,
): Promise<ImageDataset> {
  const { unreadable, maxUnreadable } = options;
  const { pixels, labels } = imageRules(options);
  const source = await openDataSource({ data, ...options }, imageSize, stage);
  const opened = imageDataset(
    source,
    {
      imageSize: ownSizes && !isBuiltIn(data) ? undefined : imageSize,
      framing: isBuiltIn(data) ? undefined : framing, // it is drawn at the size that is asked for
      pixels: { ...pixels, ...pixelRules(form, options) },
      labels: form.labels !== false && { ...form.labels, ...labels },
    },
    { unreadable, maxUnreadable },
  );
  await nextReadable(opened, 0); // what does not fit together is said before anything is written
  return opened;
}

/** Opens what `data` names, undecoded; `imageSize` is the one at which the built-in data set is drawn. */
export async function openDataSource(
  { data, cacheIndex = true, ...options }: SourceOptions & { data: string },
  imageSize: ImageSize | undefined,
  { onWarning, onNote, signal, onProgress }: OpeningStage,
): Promise<ImageSource> {
  const { masks, split, label, labelFile, layout, missingShards } = options;
  return openSource(data, {
    ...{ masks, split, label, labelFile, layout, missingShards, imageSize, onWarning, onNote, signal },
    ...(!cacheIndex && { cacheFolder: false }),
    onProgress: (progress) => onProgress?.({ title: 'Opening images', unit: 'files', ...progress }),
  });
}

/** The rules that options name; what they leave out is not there. */
export function imageRules(options: RuleOptions): { pixels: PixelRules; labels: LabelRules } {
  const { channels, bands, valueRange, pixelLimit, damaged, ignoreLabel, colorTable } = options;
  return {
    pixels: withoutUndefined({ channels, bands, valueRange, pixelLimit, damaged }),
    labels: withoutUndefined({
      ignoreLabel,
      colorTable: typeof colorTable === 'string' ? readColorTable(colorTable) : colorTable,
    }),
  };
}

function withoutUndefined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function readColorTable(path: string): ColorTable {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ColorTable;
  } catch (cause) {
    throw new SemmaeError({
      where: '`colorTable`',
      requirement: `${path} must be a JSON file of colors: [[0, 0, 0], [128, 0, 0]] by id, or { "#800000": 1 }`,
      got: cause instanceof Error ? cause.message : cause,
      cause,
    });
  }
}

type Rules = Pick<PixelRules, 'channels' | 'bands' | 'valueRange'>;

/** Those of the options; what they leave open is as the model was trained, but for bands of another number of channels. */
function pixelRules({ pixels }: ImageForm, { channels, bands, valueRange }: Rules): PixelRules {
  const isOther = channels !== undefined && pixels?.bands !== undefined && pixels.bands.length !== channels;
  const { bands: usual, channels: usualChannels, ...others } = pixels ?? {};
  const rules = {
    ...others,
    channels: channels ?? bands?.length ?? usualChannels,
    bands: bands ?? (isOther ? undefined : usual),
    ...(valueRange && { valueRange }),
  };
  return withoutUndefined(rules);
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
  return data.length <= count ? data : subset(data, evenIndices(data.length, count));
}

/** `count` of the indices 0..length-1, in the middle of equal stretches; all where there are fewer. */
export function evenIndices(length: number, count: number): number[] {
  const chosen = Math.min(length, count);
  return Array.from({ length: chosen }, (_, place) => Math.floor(((place + 0.5) * length) / chosen));
}
