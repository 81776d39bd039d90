// Multi-crop: several differently sized and augmented views of one image, what self-distillation learns from.

import { assertInteger, assertLength, assertRange, type PixelStatistics, type Rng, SemmaeError } from '@semmae/core';

import { normalizePixels } from '../normalization';
import { checkedChannels, type PixelImage } from '../pixel-image';
import { resample } from '../resample';
import { statisticsFor } from '../statistics-for';
import { sampleView, type View } from '../view';
import { type ColorJitterOptions, colorJitter } from './color-jitter';
import { gaussianBlur } from './gaussian-blur';
import { grayscale } from './grayscale';
import { solarize } from './solarize';

/** Side of a square view, or its sides, in pixels. */
export type ViewSize = number | readonly [height: number, width: number];

/** How often a view is treated. Globals have a probability each; views beyond the list take its last. */
export interface TreatmentProbabilities {
  globals?: readonly number[];
  locals?: number;
}

export interface MultiCropOptions {
  /** Default 224. */
  globalSize?: ViewSize;
  /** Default 96. */
  localSize?: ViewSize;
  /** Default 2. */
  globalCount?: number;
  /** Default 10, iBOT's ViT-S/16; DINO takes 8. May be 0. */
  localCount?: number;
  /** Area of a crop as a share of the image's. Default [0.25, 1], iBOT's; DINO takes [0.4, 1]. */
  globalScale?: readonly [least: number, most: number];
  /** Default [0.05, 0.25]. */
  localScale?: readonly [least: number, most: number];
  /** Whether to mirror every other view, by a coin toss. Default true. */
  flip?: boolean;
  /** Default {}: probability 0.8, brightness 0.4, contrast 0.4, saturation 0.2, hue 0.1. The last two leave all but RGB as it is. */
  jitter?: ColorJitterOptions | false;
  /** Share of views that lose their color, where they are RGB. Default 0.2. */
  grayscale?: number | false;
  /** Default { globals: [1, 0.1], locals: 0.5, radius: [0.1, 2] }, the radius in pixels of the view. */
  blur?: (TreatmentProbabilities & { radius?: readonly [least: number, most: number] }) | false;
  /** Default { globals: [0, 0.2], locals: 0, threshold: 128 }. */
  solarize?: (TreatmentProbabilities & { threshold?: number }) | false;
  /** Of each channel. Default: ImageNet's; needed where there are not 3 channels. */
  statistics?: PixelStatistics;
  /** Where to write each view: slices of a batch, for instance. */
  into?: { globals?: readonly Float32Array[]; locals?: readonly Float32Array[] };
}

export interface MultiCrop {
  /** Normalized pixels as of `applyView`, [globalCount] of [height, width, channels]. */
  globals: Float32Array[];
  /** Likewise, [localCount]. */
  locals: Float32Array[];
  /** Where each lies in the image: the globals, then the locals. */
  views: View[];
}

/**
 * Draws the views of DINO and iBOT from `image` ([H, W, channels], 0..255): crop and bicubic resize, flip, color jitter,
 * grayscale, Gaussian blur, solarize, normalize. All randomness comes from `rng`, which advances alike whatever the channels.
 *
 * Reference: Caron et al., https://arxiv.org/abs/2104.14294; Zhou et al., https://arxiv.org/abs/2111.07832.
 */
export function multiCrop(image: PixelImage, rng: Rng, options: MultiCropOptions = {}): MultiCrop {
  const { globalCount = 2, localCount = 10, globalScale = [0.25, 1], localScale = [0.05, 0.25], into = {} } = options;
  assertInteger('multiCrop', 'globalCount', globalCount);
  assertInteger('multiCrop', 'localCount', localCount, { least: 0 });
  const channels = checkedChannels('multiCrop', image);
  const statistics = statisticsFor('multiCrop', channels, options.statistics);
  const size = {
    global: { ...sidesOf('globalSize', options.globalSize ?? 224), channels },
    local: { ...sidesOf('localSize', options.localSize ?? 96), channels },
  };
  const globalLaws = Array.from({ length: globalCount }, (_, place) => lawOf(options, place));
  const localLaw = lawOf(options, 'local');
  const globalsInto = slices('globals', into.globals, globalCount, size.global);
  const localsInto = slices('locals', into.locals, localCount, size.local);

  const views: View[] = [];
  function draw(
    scale: readonly [number, number],
    shape: Shape,
    law: AugmentationLaw,
    target: Float32Array,
  ): Float32Array {
    const view = sampleView(rng, { sourceHeight: image.height, sourceWidth: image.width, scale, flip: options.flip });
    views.push(view);
    const pixels = resample(image, view, { ...shape, interpolation: 'bicubic' });
    return normalizePixels(augment(pixels, shape, rng, law), { into: target, statistics });
  }
  const globals = globalsInto.map((target, place) => draw(globalScale, size.global, globalLaws[place]!, target));
  const locals = localsInto.map((target) => draw(localScale, size.local, localLaw, target));
  return { globals, locals, views };
}

interface Sides {
  readonly height: number;
  readonly width: number;
}

/** Of a view. */
interface Shape extends Sides {
  readonly channels: number;
}

/** What happens to the colors of one kind of view. */
interface AugmentationLaw {
  jitter: ColorJitterOptions | false;
  grayscale: number;
  blur: number;
  radius: readonly [number, number];
  solarize: number;
  threshold: number;
}

function augment(pixels: Float32Array, shape: Shape, rng: Rng, law: AugmentationLaw): Float32Array {
  const { channels } = shape;
  if (law.jitter) colorJitter(pixels, rng, { ...law.jitter, channels });
  if (rng.uniform() < law.grayscale && channels === 3) grayscale(pixels);
  if (rng.uniform() < law.blur) {
    const [least, most] = law.radius;
    gaussianBlur(pixels, { ...shape, radius: least + (most - least) * rng.uniform() });
  }
  if (rng.uniform() < law.solarize) solarize(pixels, law.threshold);
  return pixels;
}

function lawOf(
  { jitter = {}, grayscale = 0.2, blur = {}, solarize = {} }: MultiCropOptions,
  place: number | 'local',
): AugmentationLaw {
  const { radius = [0.1, 2] as const, ...blurred } = blur || {};
  const { threshold = 128, ...solarized } = solarize || {};
  assertRange('multiCrop', 'blur.radius[0]', radius[0], 0.01, 100);
  assertRange('multiCrop', 'blur.radius[1]', radius[1], radius[0], 100);
  assertRange('multiCrop', 'solarize.threshold', threshold, 0, 256);
  return {
    jitter,
    grayscale: probability('grayscale', grayscale === false ? 0 : grayscale),
    blur: blur === false ? 0 : probabilityAt('blur', { globals: [1, 0.1], locals: 0.5, ...blurred }, place),
    radius,
    solarize: solarize === false ? 0 : probabilityAt('solarize', { globals: [0, 0.2], locals: 0, ...solarized }, place),
    threshold,
  };
}

function probabilityAt(
  name: string,
  { globals, locals }: Required<TreatmentProbabilities>,
  place: number | 'local',
): number {
  if (place === 'local') return probability(`${name}.locals`, locals);
  const index = Math.min(place, globals.length - 1);
  return probability(`${name}.globals[${index}]`, globals[index] ?? Number.NaN);
}

function probability(name: string, value: number): number {
  assertRange('multiCrop', name, value, 0, 1);
  return value;
}

function sidesOf(name: string, size: ViewSize): Sides {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  assertInteger('multiCrop', name, height);
  assertInteger('multiCrop', name, width);
  return { height, width };
}

function slices(
  name: string,
  into: readonly Float32Array[] | undefined,
  count: number,
  { height, width, channels }: Shape,
): Float32Array[] {
  const length = height * width * channels;
  if (into === undefined) return Array.from({ length: count }, () => new Float32Array(length));
  if (into.length !== count) {
    throw new SemmaeError({
      where: 'multiCrop',
      requirement: `into.${name} must hold ${count} arrays`,
      got: into.length,
    });
  }
  into.forEach((slice, place) => {
    assertLength('multiCrop', `into.${name}[${place}]`, slice, length);
  });
  return [...into];
}
