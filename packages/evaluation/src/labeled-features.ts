// Features with labels, the material of every evaluation protocol here.

import { assertInteger, SemmaeError, stackRows } from '@semmae/core';

/** n images as rows: `features` [n · D] row-major, `labels` [n] in 0 … classCount - 1. */
export interface LabeledFeatures {
  features: Float32Array;
  labels: ArrayLike<number>;
}

export interface FeatureShape {
  /** D, values per image. */
  width: number;
  classCount: number;
}

/** What a protocol is fitted on, and what it is judged on. */
export interface TrainTestFeatures extends FeatureShape {
  /** [n · D]; raw pixels give the baseline to beat. */
  trainFeatures: Float32Array;
  trainLabels: ArrayLike<number>;
  testFeatures: Float32Array;
  testLabels: ArrayLike<number>;
}

/** Checks sizes, labels and finiteness of both sets, and gives them one by one. */
export function checkTrainTest(
  where: string,
  { trainFeatures, trainLabels, testFeatures, testLabels, width, classCount }: TrainTestFeatures,
): { train: LabeledFeatures; test: LabeledFeatures; shape: FeatureShape } {
  const shape = { width, classCount };
  const [train, test] = [
    { features: trainFeatures, labels: trainLabels },
    { features: testFeatures, labels: testLabels },
  ];
  assertLabeledFeatures(where, 'train', train, shape);
  assertLabeledFeatures(where, 'test', test, shape);
  return { train, test, shape };
}

/** The rows of these numbers, in their order. */
export function selectRows(
  { features, labels }: LabeledFeatures,
  rows: ArrayLike<number>,
  width: number,
): LabeledFeatures {
  const chosen = Array.from(rows);
  return {
    features: stackRows(chosen.map((row) => features.subarray(row * width, (row + 1) * width))),
    labels: Int32Array.from(chosen, (row) => labels[row]!),
  };
}

function assertLabeledFeatures(
  where: string,
  name: string,
  { features, labels }: LabeledFeatures,
  { width, classCount }: FeatureShape,
): void {
  assertInteger(where, 'width', width);
  assertInteger(where, 'classCount', classCount, { least: 2 });
  const count = labels.length;
  if (count === 0 || features.length !== count * width) {
    throw new SemmaeError({
      where,
      requirement: `${name}Features must hold ${count} x ${width} values, at least one row`,
      got: features.length,
      remedy: 'one row of features per label',
    });
  }
  for (let row = 0; row < count; row++) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= classCount) {
      throw new SemmaeError({
        where,
        requirement: `${name}Labels must be integers from 0 to ${classCount - 1}`,
        got: `${label} in row ${row}`,
      });
    }
  }
  const broken = features.findIndex((value) => !Number.isFinite(value));
  if (broken !== -1) {
    throw new SemmaeError({
      where,
      requirement: `${name}Features must be finite`,
      got: `${features[broken]} in row ${Math.floor(broken / width)}`,
    });
  }
}
