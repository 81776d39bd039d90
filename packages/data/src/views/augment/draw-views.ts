// All that chance decides about the views of one image, drawn before any pixel is looked at.

import { assertInteger, assertRange, type ImageSize, type Rng } from '@semmae/core';

import { fullView, sampleView, type View } from '../view';
import { type ColorChange, type ColorJitterOptions, drawColorJitter } from './color-jitter';

/** Side of a square view, or its sides, in pixels. */
export type ViewSize = number | readonly [height: number, width: number];

/** Area of a crop as a share of the image's, or the whole image, which is mirrored but not cropped. */
export type ViewScale = readonly [least: number, most: number] | 'whole';

/** How often a view is treated. Globals have a probability each; views beyond the list take its last. */
export interface TreatmentProbabilities {
  globals?: readonly number[];
  locals?: number;
}

/** Which views are made of an image, in plain JSON. */
export interface ViewRecipe {
  /** Default 224. */
  globalSize?: ViewSize;
  /** Default 96. */
  localSize?: ViewSize;
  /** Default 2. */
  globalCount?: number;
  /** Default 10, iBOT's ViT-S/16; DINO takes 8. May be 0. */
  localCount?: number;
  /** Default [0.25, 1], iBOT's; DINO takes [0.4, 1]. */
  globalScale?: ViewScale;
  /** Default [0.05, 0.25]. */
  localScale?: ViewScale;
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
}

/** One view: its place in the image, its size and what happens to its colors. */
export interface DrawnView extends ImageSize {
  readonly view: View;
  readonly colorChanges: readonly ColorChange[];
  readonly grayscale: boolean;
  /** Radius; 0 is none. */
  readonly blur: number;
  /** The threshold, where the view is solarized. */
  readonly solarize: number | undefined;
}

/** A kind of view, as a recipe has it. */
export interface ViewKind extends ImageSize {
  readonly scale: ViewScale;
}

/** The views of a recipe: the globals, then the locals. Throws a SemmaeError for values out of range. */
export function viewKinds(recipe: ViewRecipe): ViewKind[] {
  const { globalCount = 2, localCount = 10, globalScale = [0.25, 1], localScale = [0.05, 0.25] } = recipe;
  assertInteger('multiCrop', 'globalCount', globalCount);
  assertInteger('multiCrop', 'localCount', localCount, { least: 0 });
  const global = { ...sidesOf('globalSize', recipe.globalSize ?? 224), scale: globalScale };
  const local = { ...sidesOf('localSize', recipe.localSize ?? 96), scale: localScale };
  return [...Array(globalCount).fill(global), ...Array(localCount).fill(local)];
}

/** Draws the views of an image of size `source`. All randomness comes from `rng`, which advances. */
export function drawViews(rng: Rng, source: ImageSize, recipe: ViewRecipe): DrawnView[] {
  const { globalCount = 2, flip } = recipe;
  return viewKinds(recipe).map(({ height, width, scale }, place) => {
    const view =
      scale === 'whole'
        ? { ...fullView(source), flip: flip !== false && rng.uniform() < 0.5 }
        : sampleView(rng, { sourceHeight: source.height, sourceWidth: source.width, scale, flip });
    return { view, height, width, ...drawTreatment(rng, lawOf(recipe, place < globalCount ? place : 'local')) };
  });
}

/** What happens to the colors of one kind of view. */
interface TreatmentLaw {
  jitter: ColorJitterOptions | false;
  grayscale: number;
  blur: number;
  radius: readonly [number, number];
  solarize: number;
  threshold: number;
}

function drawTreatment(rng: Rng, law: TreatmentLaw): Omit<DrawnView, 'view' | keyof ImageSize> {
  const colorChanges = law.jitter ? drawColorJitter(rng, law.jitter) : [];
  const grayscale = rng.uniform() < law.grayscale;
  const [least, most] = law.radius;
  const blur = rng.uniform() < law.blur ? least + (most - least) * rng.uniform() : 0;
  const solarize = rng.uniform() < law.solarize ? law.threshold : undefined;
  return { colorChanges, grayscale, blur, solarize };
}

function lawOf(
  { jitter = {}, grayscale = 0.2, blur = {}, solarize = {} }: ViewRecipe,
  place: number | 'local',
): TreatmentLaw {
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

function sidesOf(name: string, size: ViewSize): ImageSize {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  assertInteger('multiCrop', name, height);
  assertInteger('multiCrop', name, width);
  return { height, width };
}
