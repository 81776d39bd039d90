// How semantic masking moves from a share of every part (α = 0) to whole parts (α = 1) during training.

import { assertInteger, SemmaeError } from '@semmae/core';

/** α in [0, 1] for the fraction of training that is done, in [0, 1]. Values outside are clamped where α is used. */
export type AlphaSchedule = (progress: number) => number;

/**
 * α = progress^gamma: easy to hard. gamma 2 gave the paper's best linear probing (SemMAE Table 3).
 *
 * Reference: Li et al., "SemMAE", Algorithm 1, line 7, https://arxiv.org/abs/2206.10207
 */
export function polynomialAlpha({ gamma = 2 }: { gamma?: number | undefined } = {}): AlphaSchedule {
  if (!(gamma > 0 && Number.isFinite(gamma))) {
    throw new SemmaeError({
      where: 'polynomialAlpha',
      requirement: 'gamma must be a positive number',
      got: gamma,
      remedy: 'for one α throughout use constantAlpha',
    });
  }
  return (progress) => clamp(progress) ** gamma;
}

/**
 * The schedule of SemMAE's published code: α = ((e + 1) / 800)² in epoch e = 0, 1, …, whose 800 does not follow the
 * length of training. `epochs` is that length, which turns progress into e.
 *
 * Shorter trainings end below 1. Longer ones reach 1 at epoch 799 and stay there, as α is clamped where it is used; in the
 * published code it went on to 4 at epoch 1599, with quotas of 49 and -63 patches for parts of 28.
 */
export function publishedAlpha({ epochs = 800 }: { epochs?: number | undefined } = {}): AlphaSchedule {
  assertInteger('publishedAlpha', 'epochs', epochs);
  // Progress e / epochs may come back a rounding error below e.
  return (progress) => ((Math.floor(progress * epochs + 1e-6) + 1) / 800) ** 2;
}

/** The same α throughout: 0 masks a share of every part, 1 masks whole parts. */
export function constantAlpha(alpha: number): AlphaSchedule {
  return () => alpha;
}

/** Plays a schedule backwards: `reverseAlpha(polynomialAlpha())` goes from 1 to 0, the paper's hard-to-easy ablation. */
export function reverseAlpha(schedule: AlphaSchedule): AlphaSchedule {
  return (progress) => schedule(1 - clamp(progress));
}

/** α of a schedule now, clamped to [0, 1] so that training past its planned end stays at the last α. */
export function alphaAt(schedule: AlphaSchedule, progress: number): number {
  const alpha = clamp(schedule(progress));
  if (Number.isNaN(alpha)) {
    throw new SemmaeError({
      where: 'semanticMasking',
      requirement: 'alpha must be a number for every progress from 0 to 1',
      got: `α ${alpha} at progress ${progress}`,
      remedy: 'set context.progress to the fraction of training that is done',
    });
  }
  return alpha;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
