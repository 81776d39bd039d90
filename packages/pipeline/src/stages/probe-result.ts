// What a probe says, as plain JSON.

import { type ImageSize, meanSpread } from '@semmae/core';
import type { Protocol, ProtocolScore } from '@semmae/evaluation';

import type { Pooling } from '../features/pooled-extractor';
import type { DataRecord } from '../runs/data-record';

/** Values of the seeds, in their order. */
export interface SeedValues {
  values: number[];
  mean: number;
  /** Sample standard deviation; null for a single value. */
  spread: number | null;
}

export interface ProbeScore {
  protocol: Protocol;
  /** Of k-NN. */
  k?: number;
  /** Fraction of the test images classified correctly. */
  accuracy: SeedValues;
  /** Fraction whose class is among the five most likely; only with more than five classes. */
  top5Accuracy?: SeedValues;
  /** Accuracy within each class, over the test images of all seeds, in the order of `classes`; null for a class without any. */
  classAccuracies: (number | null)[];
}

export interface ProbeResult {
  model: { id: string; hash: string } | null;
  data: DataRecord;
  /** Null where a share of `data` is held out. */
  test: DataRecord | null;
  pooling: Pooling;
  imageSize: ImageSize;
  /** Values of an image. */
  width: number;
  /** Of the splits. */
  seeds: number[];
  heldOutShare: number | null;
  /** With their numbers of training and test images, which are the same for all seeds. */
  classes: { name: string; train: number; test: number }[];
  leftOut: {
    /** Images without a label. */
    unlabeled: number;
    /** Classes with too few images to train on, and their images. */
    classes: { name: string; images: number }[];
    /** The k of k-NN that the training set is too small for. */
    neighbors: number[];
  };
  /**
   * Test images of any seed that the model was trained on, without their labels; null where its file does not say. Images are known
   * by the name of their data set and their own.
   */
  pretrainedOnTestImages: number | null;
  /** Accuracy of guessing. */
  chance: number;
  /** Accuracy of always naming the class with most training images. */
  majority: number;
  scores: ProbeScore[];
  /** The same protocols on the pixels of 32 x 32 images, without any model; empty where not asked for. */
  pixels: ProbeScore[];
}

/** What one split gave. */
export interface SplitScores {
  scores: readonly ProtocolScore[];
  /** Classes of the test rows. */
  labels: ArrayLike<number>;
}

/** The scores of each protocol over all splits. */
export function summarizeScores(splits: readonly SplitScores[], classCount: number): ProbeScore[] {
  return splits[0]!.scores.map(({ protocol, k, top5Accuracy }, place): ProbeScore => {
    const runs = splits.map(({ scores, labels }) => ({ ...scores[place]!, labels }));
    const [correct, all] = [new Array<number>(classCount).fill(0), new Array<number>(classCount).fill(0)];
    for (const { predictions, labels } of runs) {
      predictions.forEach((predicted, row) => {
        const label = labels[row]!;
        all[label]!++;
        if (predicted === label) correct[label]!++;
      });
    }
    return {
      protocol,
      ...(k !== undefined && { k }),
      accuracy: seedValues(runs.map(({ accuracy }) => accuracy)),
      ...(top5Accuracy !== undefined && { top5Accuracy: seedValues(runs.map((run) => run.top5Accuracy!)) }),
      classAccuracies: correct.map((count, label) => (all[label] === 0 ? null : count / all[label]!)),
    };
  });
}

function seedValues(values: number[]): SeedValues {
  const { mean, spread = null } = meanSpread(values);
  return { values, mean, spread };
}
