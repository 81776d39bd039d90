// metrics.json: what a run came to, in numbers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { SoftMasks } from '@semmae/train';

import type { Agreement } from './agreement';
import type { LearnedMasksOptions } from './options';

/** What masks do on held-out images. */
export interface MaskShape {
  /** Mean shares of the image that the smallest and the largest of the N masks hide; 1 / N each: equal, 0 and 1: collapsed. */
  smallestMask: number;
  largestMask: number;
  /** What the strongest mask of a pixel takes of it, the mean: 1 / N is no mask at all, 1 a hard one. */
  sharpness: number;
}

export interface Results {
  settings: Omit<LearnedMasksOptions, 'out' | 'heldOut' | 'rows' | 'threads'>;
  /** Of training. */
  seconds: number;
  /** Σₙ Lₙ after the encoder's update, the mean of the last steps. */
  siameseLoss: number;
  masks: MaskShape;
  /** Labels of pixels against the true parts, by where the labels come from. */
  agreement: Record<SegmentationName, Agreement>;
}

/** The strongest of the learned masks, of those of the network before its training, rectangles, clusters of color and place. */
export const segmentationNames = ['learned', 'untrained', 'grid', 'clusters'] as const;
export type SegmentationName = (typeof segmentationNames)[number];

const stepsOfMean = 20;

/** Time and loss from the log of a run. */
export function readTraining(folder: string): Pick<Results, 'seconds' | 'siameseLoss'> {
  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<'siameseLoss' | 'seconds', number>);
  const last = records.slice(-stepsOfMean);
  return {
    seconds: records.at(-1)!.seconds,
    siameseLoss: last.reduce((sum, { siameseLoss }) => sum + siameseLoss, 0) / last.length,
  };
}

export function maskShape({ values, batchSize, maskCount, height, width }: SoftMasks): MaskShape {
  const pixelCount = height * width;
  const shares = new Float64Array(maskCount);
  let strongest = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let pixel = 0; pixel < pixelCount; pixel++) {
      let most = 0;
      for (let mask = 0; mask < maskCount; mask++) {
        const value = values[(image * maskCount + mask) * pixelCount + pixel]!;
        shares[mask]! += value;
        most = Math.max(most, value);
      }
      strongest += most;
    }
  }
  const count = batchSize * pixelCount;
  return {
    smallestMask: Math.min(...shares) / count,
    largestMask: Math.max(...shares) / count,
    sharpness: strongest / count,
  };
}
