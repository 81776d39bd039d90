// The preprocessing of a model: from the files beside it, or as its family does it.

import type { Family } from './family-table';
import { recordOf, sizeOf } from './hints';
import type { Preprocessing } from './preprocessing';
import type { ViTArchitecture } from './public-model';

type NoPositions = Pick<ViTArchitecture, 'imageHeight' | 'imageWidth'>;

export function preprocessingOf(
  family: Family,
  { imageHeight, imageWidth }: NoPositions,
  { config, preprocessor }: { config?: unknown; preprocessor?: unknown },
): Preprocessing {
  const side = Math.min(family.imageSide ?? Number.POSITIVE_INFINITY, imageHeight, imageWidth);
  const imageSize =
    imageHeight === imageWidth ? { height: side, width: side } : { height: imageHeight, width: imageWidth };
  const usual: Preprocessing = { ...family.preprocessing, imageSize, source: 'family' };
  return (
    fromTransformers(recordOf(preprocessor), usual) ??
    fromTimm(recordOf(recordOf(config).pretrained_cfg), usual) ??
    usual
  );
}

function fromTransformers(given: Readonly<Record<string, unknown>>, usual: Preprocessing): Preprocessing | undefined {
  if (!('image_mean' in given) && !('size' in given)) return undefined;
  const crop = given.do_center_crop === true ? sizeIn(given.crop_size) : undefined;
  const resized = sizeIn(given.size);
  const imageSize = crop ?? resized ?? usual.imageSize;
  const shorter = (size: { height: number; width: number }) => Math.min(size.height, size.width);
  return {
    mean: colors(given.image_mean) ?? usual.mean,
    standardDeviation: colors(given.image_std) ?? usual.standardDeviation,
    imageSize,
    cropFraction: resized === undefined ? usual.cropFraction : Math.min(1, shorter(imageSize) / shorter(resized)),
    interpolation: pillowFilters[given.resample as number] ?? usual.interpolation,
    source: 'preprocessor_config.json',
  };
}

function fromTimm(given: Readonly<Record<string, unknown>>, usual: Preprocessing): Preprocessing | undefined {
  if (!('mean' in given) && !('input_size' in given)) return undefined;
  const [, height, width] = Array.isArray(given.input_size) ? (given.input_size as unknown[]) : [];
  return {
    mean: colors(given.mean) ?? usual.mean,
    standardDeviation: colors(given.std) ?? usual.standardDeviation,
    imageSize: sizeOf([height, width]) ?? usual.imageSize,
    cropFraction: typeof given.crop_pct === 'number' ? given.crop_pct : usual.cropFraction,
    interpolation: filters.find((name) => name === given.interpolation) ?? usual.interpolation,
    source: 'config.json',
  };
}

const filters: readonly Preprocessing['interpolation'][] = ['nearest', 'bilinear', 'bicubic', 'lanczos'];

/** By the numbers of Pillow's `Resampling`. */
const pillowFilters: Readonly<Record<number, Preprocessing['interpolation']>> = {
  0: 'nearest',
  1: 'lanczos',
  2: 'bilinear',
  3: 'bicubic',
};

/** A side, `{ height, width }` or `{ shortest_edge }`. */
function sizeIn(value: unknown): { height: number; width: number } | undefined {
  const { height, width, shortest_edge: side } = recordOf(value);
  return sizeOf(side ?? value) ?? sizeOf([height, width]);
}

function colors(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : undefined;
}
