// Mean and deviation of the pixels of a data set, channel by channel.

import { assertInteger, type PixelStatistics, SemmaeError } from '@semmae/core';

import type { ImageDataset } from '../image-dataset';
import { checkedChannels, type PixelImage } from './pixel-image';

export interface MeasureStatisticsOptions {
  /** Images to look at, evenly spaced over the data set. Default 256. */
  count?: number;
}

/** One level of 255: a channel without any spread is divided by it, rather than by 0. */
const leastDeviation = 1 / 255;

/** The statistics that `applyView` normalizes with, pixels in [0, 1]. The same for the same images. */
export async function measureStatistics(
  data: Pick<ImageDataset, 'length'> & { get(index: number): Promise<PixelImage> },
  { count = 256 }: MeasureStatisticsOptions = {},
): Promise<PixelStatistics> {
  assertInteger('measureStatistics', 'count', count);
  assertInteger('measureStatistics', 'length', data.length, { remedy: 'there must be an image to measure' });
  const sampled = Math.min(count, data.length);
  const images = Array.from({ length: sampled }, (_, place) => Math.floor(((place + 0.5) * data.length) / sampled));
  const { channels = 3 } = await data.get(images[0]!);
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let pixelCount = 0;
  for (const index of images) {
    const image = await data.get(index);
    assertChannels(image, channels);
    image.pixels.forEach((value, at) => {
      sum[at % channels]! += value;
      squares[at % channels]! += value * value;
    });
    pixelCount += image.height * image.width;
  }
  const mean = Array.from(sum, (value) => value / pixelCount);
  return {
    mean: mean.map((value) => value / 255),
    standardDeviation: mean.map((value, channel) =>
      Math.max(Math.sqrt(Math.max(squares[channel]! / pixelCount - value ** 2, 0)) / 255, leastDeviation),
    ),
  };
}

function assertChannels(image: PixelImage, channels: number): void {
  const found = checkedChannels('measureStatistics', image);
  if (found === channels) return;
  throw new SemmaeError({
    where: 'measureStatistics',
    requirement: `all images must have as many channels as the first, ${channels}`,
    got: `${found} of ${image.id ?? 'another image'}`,
    remedy: 'open the data with `channels` or `bands`',
  });
}
