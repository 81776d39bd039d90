// Mean and deviation of the pixels of a data set, channel by channel.

import { assertInteger, type PixelStatistics, SemmaeError } from '@semmae/core';

import type { ImageDataset } from '../image-dataset';
import { UnreadableImage } from '../unreadable-image';
import { checkedChannels, type PixelImage } from './pixel-image';

export interface MeasureStatisticsOptions {
  /** Images to look at, evenly spaced over the data set. Default 256. */
  count?: number;
}

/** One level of 255: a channel without any spread is divided by it, rather than by 0. */
const leastDeviation = 1 / 255;

/** The statistics that `applyView` normalizes with, pixels in [0, 1]. The same for the same images; unreadable ones are passed over. */
export async function measureStatistics(
  data: Pick<ImageDataset, 'length'> & { get(index: number): Promise<PixelImage> },
  { count = 256 }: MeasureStatisticsOptions = {},
): Promise<PixelStatistics> {
  assertInteger('measureStatistics', 'count', count);
  assertInteger('measureStatistics', 'length', data.length, { remedy: 'there must be an image to measure' });
  const sampled = Math.min(count, data.length);
  const images = Array.from({ length: sampled }, (_, place) => Math.floor(((place + 0.5) * data.length) / sampled));
  let sums: Sums | undefined;
  let unreadable: unknown;
  for (const index of images) {
    try {
      sums = added(sums, await data.get(index));
    } catch (error) {
      if (!UnreadableImage.isInstance(error)) throw error;
      unreadable = error;
    }
  }
  if (sums === undefined) throw unreadable;
  const { sum, squares, pixelCount } = sums;
  const mean = Array.from(sum, (value) => value / pixelCount);
  return {
    mean: mean.map((value) => value / 255),
    standardDeviation: mean.map((value, channel) =>
      Math.max(Math.sqrt(Math.max(squares[channel]! / pixelCount - value ** 2, 0)) / 255, leastDeviation),
    ),
  };
}

interface Sums {
  /** [channels] */
  sum: Float64Array;
  /** [channels] */
  squares: Float64Array;
  pixelCount: number;
}

function added(before: Sums | undefined, image: PixelImage): Sums {
  const channels = checkedChannels('measureStatistics', image);
  const zeros = () => new Float64Array(channels);
  const { sum, squares, pixelCount } = before ?? { sum: zeros(), squares: zeros(), pixelCount: 0 };
  assertChannels(image, channels, sum.length);
  image.pixels.forEach((value, at) => {
    sum[at % channels]! += value;
    squares[at % channels]! += value * value;
  });
  return { sum, squares, pixelCount: pixelCount + image.height * image.width };
}

function assertChannels(image: PixelImage, found: number, channels: number): void {
  if (found === channels) return;
  throw new SemmaeError({
    where: 'measureStatistics',
    requirement: `all images must have as many channels as the first, ${channels}`,
    got: `${found} of ${image.id ?? 'another image'}`,
    remedy: 'open the data with `channels` or `bands`',
  });
}
