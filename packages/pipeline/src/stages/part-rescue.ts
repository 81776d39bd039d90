// Looks after parts that die during training.

import { createRng } from '@semmae/core';
import { type PartLearner, rescueDeadParts } from '@semmae/parts';

export interface PartRescueOptions {
  learner: PartLearner;
  /** Steps from one look to the next; 0 never looks. */
  every: number;
  /** No rescue from this step on, so that the parts can settle. */
  until: number;
  seed: number;
}

export interface PartRescue {
  /** Adds the usage metrics of a step. */
  watch(metrics: Readonly<Record<string, number>>): void;
  /** Before step `step` is taken; gives the parts that it brought back. */
  before(step: number): Promise<number[]>;
  save(): number[];
  restore(sums: number[]): void;
}

/** Usage is summed over the steps between two looks. Its state is a list of numbers, for checkpoints. */
export function partRescue({ learner, every, until, seed }: PartRescueOptions): PartRescue {
  const { partCount } = learner;
  const fresh = () => new Array<number>(partCount).fill(0);
  let sums = fresh();
  return {
    watch(metrics) {
      sums = sums.map((sum, part) => sum + (metrics[`usage/${part + 1}`] ?? 0));
    },
    async before(step) {
      if (every === 0 || step === 0 || step % every !== 0 || step >= until) return [];
      const usage = sums;
      sums = fresh();
      return rescueDeadParts({ learner, usage, rng: createRng(seed).split('rescue', step) });
    },
    save: () => [...sums],
    restore(saved) {
      sums = [...saved];
    },
  };
}
