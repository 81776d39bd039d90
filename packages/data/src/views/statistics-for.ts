// Which statistics normalize images of some number of channels.

import { imageNetStatistics, type PixelStatistics, SemmaeError } from '@semmae/core';

/** `statistics`, or ImageNet's where there are three channels. Throws a SemmaeError where they are of another number of channels. */
export function statisticsFor(where: string, channels: number, statistics?: PixelStatistics): PixelStatistics {
  const { mean, standardDeviation } = statistics ?? imageNetStatistics;
  if (mean.length === channels && standardDeviation.length === channels) return { mean, standardDeviation };
  throw new SemmaeError({
    where,
    requirement: `statistics must hold a mean and a standard deviation for each of ${channels} channels`,
    got: statistics ? `${mean.length} means, ${standardDeviation.length} deviations` : 'none',
    remedy: 'measure them with measureStatistics, or give the images the channels that the statistics are of',
  });
}
