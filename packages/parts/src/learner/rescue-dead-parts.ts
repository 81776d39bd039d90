// Brings parts back that no patch chooses any more.

import { assertLength, assertRange, type Rng, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import type { PartGates } from '../attention/part-tokens';
import type { PartLearner } from './part-learner';

export interface RescueDeadPartsOptions {
  learner: Pick<PartLearner, 'gates' | 'partCount'>;
  /** Share of patches of each part, [P]: the mean of `learner.usage` or of the metrics `usage/1` … over 1000 images and more. */
  usage: ArrayLike<number>;
  rng: Rng;
  /** A part below this share of the sum of `usage` is dead. Default 0.01. */
  threshold?: number;
  /** Standard deviation of the noise on the copied weights, in standard deviations of those weights, > 0. Default 0.5. */
  noise?: number;
}

/**
 * Gives every dead part the gates of Eq. 1 of the most used part plus noise, so that the two share what one had. Call it on
 * the host between steps. Deterministic in `rng`; leaves `rng` where it was.
 *
 * The optimizer is not told: the moments of these entries are those of the dead part and fade with the moments' own half-lives.
 *
 * @returns the rescued parts, 1 .. P, ascending
 */
export async function rescueDeadParts(options: RescueDeadPartsOptions): Promise<number[]> {
  const { learner, usage, rng, threshold = 0.01, noise = 0.5 } = options;
  const { partCount, gates } = learner;
  const where = 'rescueDeadParts';
  assertLength(where, 'usage', usage, partCount, 'give one share for each part, without the background');
  // With a threshold of 1 / P or more the most used part itself could count as dead.
  assertRange(where, 'threshold', threshold, 0, (1 - Number.EPSILON) / partCount);
  assertRange(where, 'noise', noise, Number.MIN_VALUE, Number.MAX_VALUE);
  const shares = sharesOf(usage);
  const dead = Array.from(shares.keys()).filter((part) => shares[part]! < threshold);
  if (dead.length === 0) return [];
  const source = shares.indexOf(Math.max(...shares));
  for (const view of gateViews(gates)) {
    const values = (await view.variable.data<'float32'>()).slice();
    const copied = entriesOf(source, partCount, view).map((index) => values[index]!);
    const spread = noise * standardDeviation(copied);
    for (const part of dead) {
      const stream = rng.split('rescue', view.name, part);
      entriesOf(part, partCount, view).forEach((index, entry) => {
        values[index] = copied[entry]! + spread * stream.normal();
      });
    }
    tf.tidy(() => view.variable.assign(tf.tensor(values, view.variable.shape)));
  }
  return dead.map((part) => part + 1);
}

function sharesOf(usage: ArrayLike<number>): number[] {
  const values = Array.from(usage);
  const total = values.reduce((sum, value) => sum + value, 0);
  const valid = values.every((value) => value >= 0) && total > 0 && Number.isFinite(total);
  if (valid) return values.map((value) => value / total);
  throw new SemmaeError({
    where: 'rescueDeadParts',
    requirement: 'usage must hold shares of at least 0 with a positive sum',
    got: values,
  });
}

/** A gate variable seen as [outer, P, inner]. */
interface GateView {
  name: string;
  variable: tf.Variable;
  outer: number;
}

/** The parts lie side by side in W_c1 [C, P * h] and one after another in W_c2 [P, h, C] and the bias [P, C]. */
function gateViews({ input, output, bias }: PartGates): GateView[] {
  const views = [
    { name: 'input', variable: input as tf.Variable, outer: input.shape[0] },
    { name: 'output', variable: output as tf.Variable, outer: 1 },
  ];
  return bias ? [...views, { name: 'bias', variable: bias as tf.Variable, outer: 1 }] : views;
}

/** Flat indices of a part's entries, in the same order for each part. */
function entriesOf(part: number, partCount: number, { variable, outer }: GateView): number[] {
  const inner = variable.size / (outer * partCount);
  return Array.from({ length: outer * inner }, (_, entry) => {
    const row = Math.floor(entry / inner);
    return (row * partCount + part) * inner + (entry % inner);
  });
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
