// Batch normalization without affine parameters, with the statistics of a whole training set.

/** Added to the variance: the epsilon of MAE's probing head. Constant features become zero instead of infinite. */
const varianceFloor = 1e-6;

export interface Standardization {
  /** Features [n · D] of any set on the scale of the training set, in a new array. */
  apply(features: Float32Array): Float32Array;
}

/** (x - mean) / √(var + 1e-6) for each of the D columns of `features` [n · D]; statistics in double precision. */
export function fitStandardization(features: Float32Array, width: number): Standardization {
  const count = features.length / width;
  const mean = new Float64Array(width);
  const scale = new Float64Array(width);
  features.forEach((value, index) => {
    mean[index % width]! += value / count;
  });
  features.forEach((value, index) => {
    scale[index % width]! += (value - mean[index % width]!) ** 2 / count;
  });
  scale.forEach((variance, column) => {
    scale[column] = 1 / Math.sqrt(variance + varianceFloor);
  });
  return { apply: (values) => values.map((value, index) => (value - mean[index % width]!) * scale[index % width]!) };
}
