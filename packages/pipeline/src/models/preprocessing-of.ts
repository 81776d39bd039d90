// What a model wants of its images.

import { imageNetStatistics, type Preprocessing, SemmaeError } from '@semmae/core';
import type { ViTEncoder } from '@semmae/vit';

export interface PreprocessedModel {
  encoder: ViTEncoder;
  preprocessing?: Preprocessing | undefined;
}

/**
 * Of a model that does not say: ImageNet's statistics at the size of its encoder, as in all trainings here on RGB. Throws a SemmaeError
 * where statistics are not those of as many channels as the encoder sees.
 */
export function preprocessingOf({ encoder, preprocessing }: PreprocessedModel): Preprocessing {
  const known = preprocessing ?? { ...imageNetStatistics, imageSize: encoder.imageSize };
  const { channels } = encoder;
  if (known.mean.length === channels && known.standardDeviation.length === channels) return known;
  throw new SemmaeError({
    where: '`preprocessing`',
    requirement: `must hold a mean and a standard deviation for each of the ${channels} channels that the encoder sees`,
    got: preprocessing ? `${known.mean.length} means, ${known.standardDeviation.length} deviations` : 'none',
    remedy: 'pass those that its training had',
  });
}
