import { describe, expect, it } from 'vitest';

import { isAmongFive, scoreLogits } from './classification-scores';

describe('scoreLogits', () => {
  it('gives the hand-computed cross-entropy and the lowest of equal classes', () => {
    const logits = Float32Array.from([0, 0, 0, Math.log(2), 0, 0, 1000, 0, 0]);
    const { accuracy, crossEntropy, predictions } = scoreLogits(logits, [0, 1, 0], 3);
    expect(Array.from(predictions)).toEqual([0, 0, 0]);
    expect(accuracy).toBe(2 / 3);
    // Uniform over three: ln 3. Odds 2:1:1 for another class: ln 4. Certain and right: 0. Log 2 is rounded to float32.
    expect(crossEntropy).toBeCloseTo((Math.log(3) + Math.log(4)) / 3, 7);
  });

  it('counts the five largest logits, of equals the lower classes', () => {
    const logits = [5, 1, 4, 1, 3, 2, 0];
    expect(logits.map((_, label) => isAmongFive(logits, label))).toEqual([true, true, true, false, true, true, false]);
    const rows = Float32Array.from([...logits, ...logits, ...logits]);
    expect(scoreLogits(rows, [1, 3, 5], 7)).toMatchObject({ accuracy: 0, top5Accuracy: 2 / 3 });
    expect(scoreLogits(Float32Array.from([1, 2, 3, 4, 5]), [0], 5)).not.toHaveProperty('top5Accuracy');
  });
});
