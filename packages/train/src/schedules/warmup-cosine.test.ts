import { describe, expect, it } from 'vitest';

import { scaledLearningRate } from './scaled-learning-rate';
import { warmupCosine } from './warmup-cosine';

describe('warmupCosine', () => {
  const schedule = warmupCosine({
    baseLearningRate: 2.4e-3,
    warmupSteps: 40,
    totalSteps: 800,
    minimumLearningRate: 1e-4,
  });

  it('rises in a line from 0, peaks after the warm-up, passes the middle half way, ends at the minimum and stays', () => {
    const known = [
      [0, 0],
      [10, 6e-4],
      [40, 2.4e-3],
      [420, 1.25e-3], // (40 + 800) / 2: the mean of peak and minimum
      [800, 1e-4],
      [900, 1e-4],
    ] as const;
    for (const [step, expected] of known) expect(schedule(step)).toBeCloseTo(expected, 12); // double precision
  });

  it('never rises after the warm-up', () => {
    for (let step = 40; step < 800; step++) expect(schedule(step + 1)).toBeLessThan(schedule(step));
  });

  it('starts at the base rate without a warm-up and works when all steps are warm-up', () => {
    expect(warmupCosine({ baseLearningRate: 1, warmupSteps: 0, totalSteps: 7 })(0)).toBe(1);
    expect(warmupCosine({ baseLearningRate: 1, warmupSteps: 7, totalSteps: 7 })(7)).toBe(1);
  });

  it('refuses a warm-up longer than the run', () => {
    expect(() => warmupCosine({ baseLearningRate: 1, warmupSteps: 8, totalSteps: 7 })).toThrow(
      'warmupSteps must be between 0 and 7, got 8',
    );
  });
});

describe('scaledLearningRate', () => {
  it("gives the paper's 2.4e-3 at batch 4096", () => {
    expect(scaledLearningRate(1.5e-4, 4096)).toBeCloseTo(2.4e-3, 12); // double precision
  });
});
