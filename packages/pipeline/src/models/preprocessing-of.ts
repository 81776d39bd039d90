// What a model wants of its images.

import { imageNetStatistics, type Preprocessing } from '@semmae/core';
import type { ViTEncoder } from '@semmae/vit';

export interface PreprocessedModel {
  encoder: ViTEncoder;
  preprocessing?: Preprocessing | undefined;
}

/** Of a model that does not say: ImageNet's statistics at the size of its encoder, as in all trainings here. */
export function preprocessingOf({ encoder, preprocessing }: PreprocessedModel): Preprocessing {
  return preprocessing ?? { ...imageNetStatistics, imageSize: encoder.imageSize };
}
