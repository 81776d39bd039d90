// Least squares by the normal equations, for a handful of unknowns.

export interface LeastSquares {
  /** One weight per unknown and target: [unknowns][targets]. */
  weights: number[][];
  /** Whether the equations were singular and a ridge had to choose among the solutions. */
  ridged: boolean;
}

/** A pivot below this share of the largest diagonal entry is rounding: no independent information is left. */
const smallestPivot = 1e-10;
/** Of the mean diagonal entry; moves well-determined weights by a millionth. */
const ridgeShare = 1e-6;

/** Weights W that minimize |X W - Y|^2 for rows X [samples][unknowns] and Y [samples][targets]; exact up to rounding unless ridged. */
export function leastSquares(
  inputs: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): LeastSquares {
  const unknowns = inputs[0]?.length ?? 0;
  const gram = products(inputs, inputs);
  const moments = products(inputs, targets);
  const factor = cholesky(gram);
  if (factor !== null) return { weights: solve(factor, moments), ridged: false };
  const ridge = (ridgeShare * gram.reduce((sum, row, index) => sum + row[index]!, 0)) / unknowns || 1;
  const raised = cholesky(gram.map((row, r) => row.map((value, c) => (r === c ? value + ridge : value))));
  return { weights: solve(raised!, moments), ridged: true };
}

/** A^T B. */
function products(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] {
  return (a[0] ?? []).map((_, i) =>
    (b[0] ?? []).map((_, j) => a.reduce((sum, row, s) => sum + row[i]! * b[s]![j]!, 0)),
  );
}

/** Lower triangle L with L L^T = the matrix, or null where it is singular. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] | null {
  const least = smallestPivot * Math.max(...matrix.map((row, index) => row[index]!));
  const lower: number[][] = [];
  for (const [r, row] of matrix.entries()) {
    const current: number[] = [];
    lower.push(current);
    for (let c = 0; c <= r; c++) {
      let value = row[c]!;
      for (let k = 0; k < c; k++) value -= current[k]! * lower[c]![k]!;
      if (c < r) current.push(value / lower[c]![c]!);
      else if (value > least) current.push(Math.sqrt(value));
      else return null;
    }
  }
  return lower;
}

/** Solves L L^T W = M by substitution, forwards and backwards. */
function solve(lower: readonly (readonly number[])[], moments: readonly (readonly number[])[]): number[][] {
  const weights = moments.map((row) => [...row]);
  const size = lower.length;
  for (let target = 0; target < (moments[0]?.length ?? 0); target++) {
    for (let r = 0; r < size; r++) {
      for (let k = 0; k < r; k++) weights[r]![target]! -= lower[r]![k]! * weights[k]![target]!;
      weights[r]![target]! /= lower[r]![r]!;
    }
    for (let r = size - 1; r >= 0; r--) {
      for (let k = r + 1; k < size; k++) weights[r]![target]! -= lower[k]![r]! * weights[k]![target]!;
      weights[r]![target]! /= lower[r]![r]!;
    }
  }
  return weights;
}
