// The pixels that an encoder in training sees: how many channels, and what normalizes them.

import { assertLength, assertRange, type PixelStatistics } from '@semmae/core';
import { type ImageDataset, type LabeledImage, measureStatistics } from '@semmae/data';

import type { StartingPoint } from '../models/starting-weights';
import type { PretrainRecipe } from '../recipes/pretrain-recipe';
import type { StageOptions } from '../runs/stage-options';

export interface PixelStatisticsOptions {
  /**
   * Mean of each channel, pixels in [0, 1], with `pixelDeviation`. Default: of weights to begin with theirs; of RGB ImageNet's; of other
   * channels measured on up to 256 of the images.
   */
  pixelMean?: readonly number[];
  /** Standard deviation of each channel, with `pixelMean`. */
  pixelDeviation?: readonly number[];
}

export interface SeenPixels {
  channels: number;
  /** Undefined: ImageNet's. */
  statistics: PixelStatistics | undefined;
  /** For the settings of a run: what is not as in all trainings on RGB. */
  settings: { channels?: number; statistics?: PixelStatistics };
}

/** Of `images`, which have the channels of `first`. */
export async function seenPixels(
  images: ImageDataset,
  { channels }: Pick<LabeledImage, 'channels'>,
  options: PixelStatisticsOptions & Pick<StageOptions, 'onNote'> & { startFrom: StartingPoint | undefined },
): Promise<SeenPixels> {
  const given = givenStatistics(channels, options);
  const ofStart = options.startFrom?.preprocessing;
  const known = given ?? (ofStart?.mean.length === channels ? ofStart : undefined);
  const statistics = known ?? (channels === 3 ? undefined : await measureStatistics(images));
  const isMeasured = known === undefined && statistics !== undefined;
  if (isMeasured)
    options.onNote?.(`pixels are normalized by mean and deviation measured on them: ${listed(statistics)}`);
  return {
    channels,
    statistics,
    settings: { ...(channels !== 3 && { channels }), ...((given || isMeasured) && { statistics }) },
  };
}

/** What a recipe does with colors, and images that are not RGB have none of. */
export function leftOutColors(channels: number, recipe: PretrainRecipe): string | undefined {
  const { views } = recipe;
  const changesColors = !('jitter' in views) || views.jitter > 0 || views.grayscale > 0;
  if (channels === 3 || !changesColors) return undefined;
  return `images have ${channels} ${channels === 1 ? 'channel' : 'channels'}: brightness and contrast are jittered, saturation, hue and grayscale are left out`;
}

function givenStatistics(
  channels: number,
  { pixelMean: mean, pixelDeviation: standardDeviation }: PixelStatisticsOptions,
): PixelStatistics | undefined {
  if (mean === undefined && standardDeviation === undefined) return undefined;
  const remedy = 'give one for each channel to both `pixelMean` and `pixelDeviation`';
  assertLength('pretrain', '`pixelMean`', mean ?? [], channels, remedy);
  assertLength('pretrain', '`pixelDeviation`', standardDeviation ?? [], channels, remedy);
  for (const value of standardDeviation!) assertRange('pretrain', '`pixelDeviation`', value, 1e-6, Number.MAX_VALUE);
  return { mean: mean!, standardDeviation: standardDeviation! };
}

function listed({ mean, standardDeviation }: PixelStatistics): string {
  return mean.map((value, channel) => `${value.toFixed(3)} ± ${standardDeviation[channel]!.toFixed(3)}`).join(', ');
}
