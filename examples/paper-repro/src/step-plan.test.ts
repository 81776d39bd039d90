import { describe, expect, it } from 'vitest';

import { planSteps } from './step-plan';

describe('planSteps', () => {
  it('makes whole passes of the budget', () => {
    expect(planSteps({ imageCount: 2048, batchSize: 32, steps: 768 })).toEqual({
      batchSize: 32,
      stepsPerEpoch: 64,
      epochs: 12,
      totalSteps: 768,
    });
  });

  it('passes more often over fewer images', () => {
    expect(planSteps({ imageCount: 323, batchSize: 32, steps: 101 })).toEqual({
      batchSize: 32,
      stepsPerEpoch: 10,
      epochs: 10,
      totalSteps: 100,
    });
  });

  it('takes all images where they do not fill a batch', () => {
    expect(planSteps({ imageCount: 7, batchSize: 32, steps: 5 })).toEqual({
      batchSize: 7,
      stepsPerEpoch: 1,
      epochs: 5,
      totalSteps: 5,
    });
  });

  it('stops within the first pass of a large data set', () => {
    expect(planSteps({ imageCount: 1_000_000, batchSize: 32, steps: 48 })).toEqual({
      batchSize: 32,
      stepsPerEpoch: 48,
      epochs: 1,
      totalSteps: 48,
    });
  });
});
