// A view is a crop of an image, perhaps mirrored: drawn once, then applied to the image and to its part map alike.

import { assertInteger, assertRange, type ImageSize, type Rng, SemmaeError } from '@semmae/core';

/** A rectangle of source pixels, and whether it is mirrored left to right after cropping. */
export interface View {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly flip: boolean;
}

export interface SampleViewOptions {
  sourceHeight: number;
  sourceWidth: number;
  /** Area of the crop as a share of the image's, drawn uniformly. Default [0.2, 1], MAE's pre-training crops. */
  scale?: readonly [least: number, most: number];
  /** Width over height of the crop, drawn log-uniformly. Default [3/4, 4/3]. */
  ratio?: readonly [least: number, most: number];
  /** Whether to mirror every other view, by a coin toss. Default true. */
  flip?: boolean;
}

const attempts = 10;

/**
 * The random resized crop of MAE's pre-training (He et al., §A.1, https://arxiv.org/abs/2111.06377): a crop of random area
 * and aspect at a random place. When ten draws do not fit, the largest centered crop within `ratio` is taken.
 */
export function sampleView(rng: Rng, options: SampleViewOptions): View {
  const { sourceHeight, sourceWidth, scale = [0.2, 1], ratio = [3 / 4, 4 / 3], flip = true } = options;
  assertInteger('sampleView', 'sourceHeight', sourceHeight);
  assertInteger('sampleView', 'sourceWidth', sourceWidth);
  assertInterval('scale', scale, 1);
  assertInterval('ratio', ratio, Number.MAX_VALUE);
  const flipped = flip && rng.uniform() < 0.5;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = sourceHeight * sourceWidth * between(rng, scale[0], scale[1]);
    const aspect = Math.exp(between(rng, Math.log(ratio[0]), Math.log(ratio[1])));
    const height = Math.round(Math.sqrt(area / aspect));
    const width = Math.round(Math.sqrt(area * aspect));
    if (height < 1 || width < 1 || height > sourceHeight || width > sourceWidth) continue;
    const top = rng.integer(sourceHeight - height + 1);
    const left = rng.integer(sourceWidth - width + 1);
    return { top, left, height, width, flip: flipped };
  }
  return { ...centeredWithin({ height: sourceHeight, width: sourceWidth }, ratio), flip: flipped };
}

/** The whole image, as it is. */
export function fullView({ height, width }: { height: number; width: number }): View {
  return { top: 0, left: 0, height, width, flip: false };
}

/** The largest part of the image around its center that has the proportions of `size`. */
export function centeredView(image: ImageSize, { height, width }: ImageSize): View {
  return centeredWithin(image, [width / height, width / height]);
}

function centeredWithin(
  { height: sourceHeight, width: sourceWidth }: ImageSize,
  ratio: readonly [number, number],
): View {
  const [least, most] = ratio;
  const aspect = Math.min(Math.max(sourceWidth / sourceHeight, least), most);
  const height = Math.max(1, Math.min(sourceHeight, Math.round(sourceWidth / aspect)));
  const width = Math.max(1, Math.min(sourceWidth, Math.round(sourceHeight * aspect)));
  const top = Math.floor((sourceHeight - height) / 2);
  const left = Math.floor((sourceWidth - width) / 2);
  return { top, left, height, width, flip: false };
}

function between(rng: Rng, least: number, most: number): number {
  return least + (most - least) * rng.uniform();
}

function assertInterval(name: string, [least, most]: readonly [number, number], limit: number): void {
  assertRange('sampleView', `${name}[0]`, least, Number.MIN_VALUE, limit);
  assertRange('sampleView', `${name}[1]`, most, Number.MIN_VALUE, limit);
  if (least <= most) return;
  throw new SemmaeError({ where: 'sampleView', requirement: `${name} must be [least, most]`, got: [least, most] });
}
