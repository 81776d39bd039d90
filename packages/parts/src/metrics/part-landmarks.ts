// Landmark regression for data with part masks: do the places of predicted parts tell where the true ones are?

import { assertLength, type PatchGrid } from '@semmae/core';

import { centersOfParts, landmarksOfParts } from './centers-of-parts';
import { type LandmarkImages, type LandmarkScores, landmarkRegression } from './landmark-regression';
import type { PartTruth } from './part-truth';

export interface PredictedImages {
  /** Parts of each image, 0 = background. */
  predictions: readonly { readonly parts: Uint8Array }[];
  /** Labels per pixel of the same images. */
  truths: readonly PartTruth[];
}

export interface PartLandmarksOptions {
  train: PredictedImages;
  test: PredictedImages;
  grid: PatchGrid;
  partCount: number;
}

/**
 * `landmarkRegression` from the centers of the predicted parts, background left out, to the centroids of the true ones. Distances
 * are fractions of the image's sides. `perLandmark` has one entry for each true label, from 1 to the largest there is.
 */
export function partLandmarks({ train, test, grid, partCount }: PartLandmarksOptions): LandmarkScores {
  const labelCount = Math.max(1, largestLabel(train), largestLabel(test));
  const images = ({ predictions, truths }: PredictedImages, name: string): LandmarkImages => {
    assertLength('partLandmarks', `${name}.truths`, truths, predictions.length, 'pass the labels of the same images');
    return {
      centers: predictions.map(({ parts }) => centersOfParts(parts, partCount, grid)),
      landmarks: truths.map((truth) => landmarksOfParts(truth, labelCount)),
    };
  };
  return landmarkRegression({ train: images(train, 'train'), test: images(test, 'test') });
}

function largestLabel({ truths }: PredictedImages): number {
  let largest = 0;
  for (const { labels, ignore } of truths) {
    for (const label of labels) if (label !== ignore && label > largest) largest = label;
  }
  return largest;
}
