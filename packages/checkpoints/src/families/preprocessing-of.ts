// The preprocessing of a model: from the files beside it, or as its family does it.

import { type Interpolation, interpolations, type Preprocessing } from '@semmae/core';

import type { Family } from './family-table';
import { parsed, recordOf, sizeOf } from './hints';
import type { ViTArchitecture } from './public-model';

type Given = Readonly<Record<string, unknown>>;
type Framed = Family['preprocessing'] & Pick<Preprocessing, 'imageSize'>;

export interface SourcedPreprocessing {
  preprocessing: Preprocessing;
  /** Where it is from, and what of it was replaced. */
  notes: string[];
}

export function preprocessingOf(
  family: Family,
  { imageHeight, imageWidth, channels }: Pick<ViTArchitecture, 'imageHeight' | 'imageWidth' | 'channels'>,
  {
    config,
    preprocessor,
    metadata,
  }: { config?: unknown; preprocessor?: unknown; metadata: Readonly<Record<string, string>> },
): SourcedPreprocessing {
  const side = Math.min(family.imageSide ?? Number.POSITIVE_INFINITY, imageHeight);
  const imageSize =
    imageHeight === imageWidth ? { height: side, width: side } : { height: imageHeight, width: imageWidth };
  const usual: Framed = { ...family.preprocessing, imageSize };
  return ofChannels(
    channels,
    fromExport(metadata.preprocessing) ??
      fromTransformers(recordOf(preprocessor), usual) ??
      fromTimm(recordOf(recordOf(config).pretrained_cfg), usual) ?? {
        preprocessing: usual,
        notes: ["preprocessing is that of the family's published models: no file beside the weights says it"],
      },
  );
}

/** The same mean and deviation for every channel, on average what is given, where they are not given for as many. */
function ofChannels(channels: number, { preprocessing, notes }: SourcedPreprocessing): SourcedPreprocessing {
  const { mean, standardDeviation } = preprocessing;
  if (mean.length === channels && standardDeviation.length === channels) return { preprocessing, notes };
  const average = (values: readonly number[]) => {
    const value = values.reduce((sum, one) => sum + one, 0) / values.length;
    return Array.from({ length: channels }, () => value);
  };
  const fitted = { mean: average(mean), standardDeviation: average(standardDeviation) };
  const note = `pixels of all ${channels} channels are normalized by mean ${fitted.mean[0]!.toPrecision(4)} and deviation ${fitted.standardDeviation[0]!.toPrecision(4)}: nothing says those of each`;
  return { preprocessing: { ...preprocessing, ...fitted }, notes: [...notes, note] };
}

/** As exports of `@semmae/pipeline` say it in the file itself. */
function fromExport(text: string | undefined): SourcedPreprocessing | undefined {
  const given = recordOf(parsed(text));
  const { mean: means, standardDeviation: deviations, imageSize: size, framing } = given;
  const [mean, standardDeviation, imageSize] = [numbers(means), numbers(deviations), sizeIn(size)];
  if (mean === undefined || standardDeviation === undefined || imageSize === undefined) return undefined;
  const { interpolation, cropFraction } = recordOf(framing);
  const known = interpolations.find((one) => one === interpolation);
  const own = known && {
    framing: { interpolation: known, ...(typeof cropFraction === 'number' && { cropFraction }) },
  };
  return {
    preprocessing: { mean, standardDeviation, imageSize, ...own, ...rulesOf(given) },
    notes: ['preprocessing is from the metadata of the file'],
  };
}

/** How files of many bands and bits become channels. */
function rulesOf({ bands, valueRange }: Given): Pick<Preprocessing, 'bands' | 'valueRange'> {
  const range = numbers(valueRange);
  return {
    ...(numbers(bands) && { bands: numbers(bands)! }),
    ...(range?.length === 2 && { valueRange: range as [number, number] }),
  };
}

function fromTransformers(given: Given, usual: Framed): SourcedPreprocessing | undefined {
  if (!('image_mean' in given) && !('size' in given)) return undefined;
  const resized = sizeIn(given.size) ?? usual.imageSize;
  const crop = given.do_center_crop === true ? sizeIn(given.crop_size) : undefined;
  const keepsProportions = 'shortest_edge' in recordOf(given.size);
  const imageSize = crop ?? resized;
  const cropFraction = Math.min(1, shorter(imageSize) / shorter(resized));
  const { interpolation, notes } = filterOf(pillowFilters[given.resample as number], given.resample, usual);
  const squashed =
    crop === undefined || keepsProportions
      ? []
      : [
          `images keep their proportions, where its processor resizes them to ${resized.height} × ${resized.width} before it crops`,
        ];
  return {
    preprocessing: {
      ...colorsOf(given.image_mean, given.image_std, usual),
      imageSize,
      framing: { interpolation, ...(crop !== undefined || keepsProportions ? { cropFraction } : {}) },
    },
    notes: ['preprocessing is from preprocessor_config.json', ...notes, ...squashed],
  };
}

function fromTimm(given: Given, usual: Framed): SourcedPreprocessing | undefined {
  if (!('mean' in given) && !('input_size' in given)) return undefined;
  const [, height, width] = Array.isArray(given.input_size) ? (given.input_size as unknown[]) : [];
  const { interpolation, notes } = filterOf(
    interpolations.find((name) => name === given.interpolation),
    given.interpolation,
    usual,
  );
  const cropFraction = typeof given.crop_pct === 'number' ? given.crop_pct : usual.framing.cropFraction!;
  return {
    preprocessing: {
      ...colorsOf(given.mean, given.std, usual),
      imageSize: sizeOf([height, width]) ?? usual.imageSize,
      framing: { interpolation, ...(given.crop_mode === 'squash' ? {} : { cropFraction }) },
    },
    notes: ['preprocessing is from config.json', ...notes],
  };
}

/** By the numbers of Pillow's `Resampling`. */
const pillowFilters: Readonly<Record<number, Interpolation>> = { 1: 'lanczos', 2: 'bilinear', 3: 'bicubic' };

function filterOf(interpolation: Interpolation | undefined, given: unknown, { framing }: Framed) {
  if (interpolation !== undefined) return { interpolation, notes: [] };
  const notes =
    given === undefined
      ? []
      : [`images are resized ${framing.interpolation}, not by the filter ${given}, which is not there`];
  return { interpolation: framing.interpolation, notes };
}

function colorsOf(mean: unknown, deviation: unknown, usual: Framed) {
  return { mean: numbers(mean) ?? usual.mean, standardDeviation: numbers(deviation) ?? usual.standardDeviation };
}

function numbers(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : undefined;
}

/** A side, `{ height, width }` or `{ shortest_edge }`. */
function sizeIn(value: unknown): { height: number; width: number } | undefined {
  const { height, width, shortest_edge: side } = recordOf(value);
  return sizeOf(side ?? value) ?? sizeOf([height, width]);
}

function shorter({ height, width }: { height: number; width: number }): number {
  return Math.min(height, width);
}
