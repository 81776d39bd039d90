import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { stableNames } from '../loop/stable-names';
import { type MovingAverage, movingAverage } from './moving-average';

const rng = createRng(3);
const normals = (length: number) => Float32Array.from({ length }, rng.normal);

function createWeights(): tf.Variable[] {
  return tf.tidy(() => [
    tf.variable(tf.tensor(normals(15), [3, 5])),
    tf.variable(tf.tensor(normals(7), [7])),
    tf.variable(tf.tensor(normals(2), [1, 1, 2]), false),
  ]);
}

function update(average: MovingAverage, step: number): void {
  tf.tidy(() => {
    const scalars = Object.entries(average.scalars({ step })).map(([name, value]) => [name, tf.scalar(value)]);
    average.update(Object.fromEntries(scalars));
  });
}

function values(variables: readonly tf.Variable[]): number[][] {
  return variables.map((variable) => Array.from(variable.dataSync()));
}

describe('movingAverage', () => {
  it.each([
    { name: 'a constant', decay: 0.9, decayAfter: () => 0.9 },
    { name: '0, which follows', decay: 0, decayAfter: () => 0 },
    { name: 'a cosine to 1', decay: cosineToOne, decayAfter: cosineToOne },
  ])('agrees with the scalar twin for a decay that is $name', ({ decay, decayAfter }) => {
    const before = tf.memory().numTensors;
    const weights = createWeights();
    const expected = values(weights);
    const average = movingAverage({ variables: weights, decay });
    expect(values(average.variables())).toEqual(expected); // it begins as the weights
    for (let step = 1; step <= 11; step++) {
      tf.tidy(() => {
        for (const weight of weights) weight.assign(tf.tensor(normals(weight.size), weight.shape));
      });
      update(average, step);
      const keep = decayAfter(step - 1);
      values(weights).forEach((weight, which) => {
        weight.forEach((value, item) => {
          expected[which]![item] = keep * expected[which]![item]! + (1 - keep) * value;
        });
      });
    }
    values(average.variables()).forEach((actual, which) => {
      actual.forEach((value, item) => {
        // Eleven float32 updates of values around 1: a few units in the last place each.
        expect(Math.abs(value - expected[which]![item]!)).toBeLessThan(2e-6);
      });
    });
    average.dispose();
    tf.dispose(weights);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stays exactly where the weights stay, and at decay 1 whatever they do', () => {
    const weights = createWeights();
    const [slow, frozen] = [0.9999, 1].map((decay) => movingAverage({ variables: weights, decay }));
    const start = values(weights);
    for (let step = 1; step <= 50; step++) update(slow!, step);
    expect(values(slow!.variables())).toEqual(start);
    tf.tidy(() => {
      for (const weight of weights) weight.assign(tf.mul(weight, 3));
    });
    update(frozen!, 1);
    expect(values(frozen!.variables())).toEqual(start);
    slow!.dispose();
    frozen!.dispose();
    tf.dispose(weights);
  });

  it('exchanges weights and averages, and back, without touching either', () => {
    const weights = createWeights();
    const average = movingAverage({ variables: weights, decay: 0.5 });
    tf.tidy(() => {
      for (const weight of weights) weight.assign(tf.add(weight, 1));
    });
    const [trained, averaged] = [values(weights), values(average.variables())];
    expect(trained).not.toEqual(averaged);
    const before = tf.memory().numTensors;
    average.swap();
    expect(values(weights)).toEqual(averaged);
    expect(values(average.variables())).toEqual(trained);
    average.swap();
    expect(values(weights)).toEqual(trained);
    expect(values(average.variables())).toEqual(averaged);
    expect(tf.memory().numTensors).toBe(before);
    average.dispose();
    tf.dispose(weights);
  });

  it('copies to a second model, which then keeps what it got', () => {
    const [weights, teacher] = [createWeights(), createWeights()];
    const average = movingAverage({ variables: weights, decay: 0.5 });
    const start = values(weights);
    const before = tf.memory().numTensors;
    average.copyTo(teacher);
    expect(tf.memory().numTensors).toBe(before);
    expect(values(teacher)).toEqual(start);
    tf.tidy(() => {
      for (const weight of weights) weight.assign(tf.add(weight, 1));
    });
    update(average, 1);
    expect(values(average.variables())).not.toEqual(start);
    expect(values(teacher)).toEqual(start);

    const [first, ...others] = teacher;
    expect(() => average.copyTo(others)).toThrow(
      'movingAverage.copyTo: targets must hold 3 values, got 2; pass as many as were averaged',
    );
    expect(() => average.copyTo([...others, first!])).toThrow('must have shape [3, 5], got [7]; keep the order');
    expect(values(teacher)).toEqual(start);
    average.dispose();
    tf.dispose([weights, teacher]);
  });

  it('keeps the averages in variables of yours, set to the weights at first', () => {
    const [weights, teacher] = [createWeights(), createWeights()];
    const before = tf.memory().numTensors;
    const average = movingAverage({ variables: weights, decay: 0.5, averages: teacher });
    expect(average.variables()).toEqual(teacher);
    expect(values(teacher)).toEqual(values(weights));
    const start = values(weights);
    tf.tidy(() => {
      for (const weight of weights) weight.assign(tf.add(weight, 1));
    });
    update(average, 1);
    values(teacher).forEach((teacherValues, which) => {
      teacherValues.forEach((value, item) => {
        expect(value).toBeCloseTo(start[which]![item]! + 0.5, 6);
      });
    });
    average.dispose();
    expect(tf.memory().numTensors).toBe(before); // they stay
    const [first, ...others] = teacher;
    expect(() => movingAverage({ variables: weights, decay: 0.5, averages: others })).toThrow(
      'movingAverage: averages must hold 3 values, got 2; pass as many as were averaged',
    );
    expect(() => movingAverage({ variables: weights, decay: 0.5, averages: [...others, first!] })).toThrow(
      'must have shape [3, 5], got [7]; keep the order',
    );
    tf.dispose([weights, teacher]);
  });

  it('names averages by their weights, the same for every model and average of a process', () => {
    const weight = tf.variable(tf.zeros([2]), true, 'averaged.kernel_7');
    const averages = [1, 2].map(() => movingAverage({ variables: [weight], decay: 0.5 }));
    for (const average of averages) {
      expect(stableNames(average.variables())).toEqual(['average.averaged.kernel']);
      average.dispose();
    }
    weight.dispose();
  });

  it.each([-0.1, 1.001, Number.NaN])('refuses a decay of %d, constant or of a step', (decay) => {
    const weights = createWeights();
    expect(() => movingAverage({ variables: weights, decay })).toThrow(
      `movingAverage: decay must be between 0 and 1, got ${decay}`,
    );
    const average = movingAverage({ variables: weights, decay: (steps) => (steps === 4 ? decay : 0.5) });
    expect(average.scalars({ step: 4 })).toEqual({ share: 0.5 });
    expect(() => average.scalars({ step: 5 })).toThrow(
      `movingAverage: decay after 4 steps must be between 0 and 1, got ${decay}`,
    );
    average.dispose();
    tf.dispose(weights);
  });

  it('refuses to average nothing, and integers', () => {
    expect(() => movingAverage({ variables: [], decay: 0.5 })).toThrow('got no variables; build the model first');
    const counter = tf.tidy(() => tf.variable(tf.tensor1d([1], 'int32'), false, 'counter'));
    expect(() => movingAverage({ variables: [counter], decay: 0.5 })).toThrow(
      'movingAverage: variables must be one or more float32 variables, got counter, which is int32; leave it out',
    );
    counter.dispose();
  });
});

function cosineToOne(completedSteps: number): number {
  return 1 - (0.3 * (1 + Math.cos((Math.PI * completedSteps) / 10))) / 2;
}
