import { describe, expect, it } from 'vitest';

import { scoreLogits } from './classification-scores';

describe('scoreLogits', () => {
  it('gives the hand-computed cross-entropy and the lowest of equal classes', () => {
    const logits = Float32Array.from([0, 0, 0, Math.log(2), 0, 0, 1000, 0, 0]);
    const { accuracy, crossEntropy, predictions } = scoreLogits(logits, [0, 1, 0], 3);
    expect(Array.from(predictions)).toEqual([0, 0, 0]);
    expect(accuracy).toBe(2 / 3);
    // Uniform over three: ln 3. Odds 2:1:1 for another class: ln 4. Certain and right: 0. Log 2 is rounded to float32.
    expect(crossEntropy).toBeCloseTo((Math.log(3) + Math.log(4)) / 3, 7);
  });
});
