// Features with labels, the material of every evaluation protocol here.

import { assertInteger, SemmaeError } from '@semmae/core';

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

/** Checks sizes, labels and finiteness; returns n. */
export function assertLabeledFeatures(
  where: string,
  name: string,
  { features, labels }: LabeledFeatures,
  { width, classCount }: FeatureShape,
): number {
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
  return count;
}
