import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { adamW } from './adamw';
import type { Optimizer } from './optimizer';

interface TwinSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  decay: number;
}

/** AdamW as PyTorch documents it (torch.optim.AdamW), one number at a time in double precision. */
function twin(
  start: number,
  gradients: number[],
  learningRates: number[],
  { beta1, beta2, epsilon, decay }: TwinSettings,
): number {
  let [value, m, v] = [start, 0, 0];
  gradients.forEach((gradient, index) => {
    const t = index + 1;
    const rate = learningRates[index]!;
    value -= rate * decay * value;
    m = beta1 * m + (1 - beta1) * gradient;
    v = beta2 * v + (1 - beta2) * gradient ** 2;
    value -= (rate * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  });
  return value;
}

function takeStep(
  optimizer: Optimizer,
  gradients: Record<string, tf.Tensor>,
  step: number,
  learningRate: number,
  clipNorm?: number,
): number {
  return tf.tidy(() => {
    const scalars = Object.fromEntries(
      Object.entries(optimizer.scalars({ learningRate, step })).map(([name, value]) => [name, tf.scalar(value)]),
    );
    return optimizer.apply(gradients, { scalars, clipNorm }).gradientNorm.dataSync()[0]!;
  });
}

const shapes = {
  'blocks.0.attn.qkv.kernel': [3, 5],
  cls_token: [1, 1, 7],
  'blocks.0.attn.qkv.bias': [11],
  'norm.gamma': [2],
  odd_bias: [1, 13],
};

function createVariables(): tf.Variable[] {
  const rng = createRng(3);
  return Object.entries(shapes).map(([name, shape]) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal());
    return tf.tidy(() => tf.variable(tf.tensor(values, shape), true, name));
  });
}

describe('adamW', () => {
  it.each([
    { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05 },
    { beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weightDecay: 0 },
    { beta1: 0, beta2: 0.5, epsilon: 0.1, weightDecay: 3, groupSize: 6 },
  ])('agrees with the scalar twin, variable by variable: %o', (settings) => {
    const before = tf.memory().numTensors;
    const variables = createVariables();
    const starts = variables.map((variable) => Array.from(variable.dataSync()));
    const optimizer = adamW({ variables, ...settings });
    const rng = createRng(5);
    const learningRates = [0, 1e-3, 0.1, 0.02, 1e-5, 0.3];
    const history = learningRates.map(() =>
      variables.map((variable) =>
        Float32Array.from({ length: variable.size }, () => rng.normal() * 10 ** rng.integer(3)),
      ),
    );
    history.forEach((step, index) => {
      tf.tidy(() => {
        const gradients = Object.fromEntries(
          variables.map((variable, which) => [variable.name, tf.tensor(step[which]!, variable.shape)]),
        );
        takeStep(optimizer, gradients, index + 1, learningRates[index]!);
      });
    });
    variables.forEach((variable, which) => {
      const decays = ['blocks.0.attn.qkv.kernel', 'cls_token'].includes(variable.name);
      const actual = variable.dataSync();
      starts[which]!.forEach((start, item) => {
        const decay = decays ? settings.weightDecay : 0;
        const expected = twin(
          start,
          history.map((step) => step[which]![item]!),
          learningRates,
          { ...settings, decay },
        );
        // Six float32 updates of values around 1: a few units in the last place each.
        expect(Math.abs(actual[item]! - expected)).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected)));
      });
    });
    optimizer.dispose();
    tf.dispose(variables);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives the first step of PyTorch: p - lr (wd p + sign g), whatever the size of g', () => {
    const variable = tf.variable(tf.tensor2d([[2, -4, 1]]), true);
    const optimizer = adamW({ variables: [variable], weightDecay: 0.1 });
    const gradient = tf.tensor2d([[1e-3, -50, 7]]);
    takeStep(optimizer, { [variable.name]: gradient }, 1, 0.01);
    // Closed form: m̂ = g and v̂ = g², so the step is lr · sign(g) up to epsilon; tolerance is float32 around 4.
    [2 - 0.01 * (0.2 + 1), -4 - 0.01 * (-0.4 - 1), 1 - 0.01 * (0.1 + 1)].forEach((expected, item) => {
      expect(Math.abs(variable.dataSync()[item]! - expected)).toBeLessThan(5e-7);
    });
    tf.dispose([variable, gradient]);
    optimizer.dispose();
  });

  it('joins variables into few flat vectors, cuts large ones, and keeps those that decay apart from those that do not', () => {
    const variables = createVariables();
    const optimizer = adamW({ variables });
    expect(optimizer.variables().map(({ shape }) => shape)).toEqual([[22], [22], [26], [26]]);
    optimizer.dispose();
    const small = adamW({ variables, groupSize: 13 }); // 15 = 8 + 7 and 7 decay, 11 + 2 and 13 do not
    expect(small.variables().map(({ size }) => size)).toEqual([8, 8, 7, 7, 7, 7, 13, 13, 13, 13]);
    small.dispose();
    tf.dispose(variables);
  });

  it('clips to the global norm over all groups and reports the norm before', () => {
    const matrix = tf.variable(tf.zeros([1, 2]), true);
    const vector = tf.variable(tf.zeros([3]), true);
    const gradients = { [matrix.name]: tf.tensor2d([[3, 0]]), [vector.name]: tf.tensor1d([0, 4, 12]) }; // length 13
    const optimizer = adamW({ variables: [matrix, vector] });
    expect(takeStep(optimizer, gradients, 1, 0.1, 2)).toBe(13);
    // After one step the first moments hold the clipped gradients themselves (as sums): g · 2 / 13.
    const [first, , second] = optimizer.variables().map((moment) => Array.from(moment.dataSync()));
    [...first!, ...second!].forEach((value, item) => {
      expect(Math.abs(value - ([3, 0, 0, 4, 12][item]! * 2) / 13)).toBeLessThan(1e-6); // float32, and the 1e-6 in the scale
    });
    expect(takeStep(optimizer, gradients, 2, 0.1, 14)).toBe(13);
    optimizer.dispose();
    tf.dispose([matrix, vector, gradients]);
  });

  it('takes a weight decay that depends on the step', () => {
    const variable = tf.variable(tf.tensor2d([[2, -4]]), true);
    const optimizer = adamW({ variables: [variable], weightDecay: (completedSteps) => 0.1 * completedSteps });
    const gradient = tf.zeros([1, 2]);
    for (const step of [1, 2, 3]) takeStep(optimizer, { [variable.name]: gradient }, step, 0.5);
    // No gradient: only (1 - 0.5 · 0)(1 - 0.5 · 0.1)(1 - 0.5 · 0.2) of the values is left.
    expect(Array.from(variable.dataSync())).toEqual([2, -4].map((value) => expect.closeTo(value * 0.95 * 0.9, 6)));
    optimizer.dispose();
    const wrong = adamW({ variables: [variable], weightDecay: () => -1 });
    expect(() => wrong.scalars({ learningRate: 1, step: 5 })).toThrow(
      'adamW: weightDecay after 4 steps must be between',
    );
    wrong.dispose();
    tf.dispose([variable, gradient]);
  });

  it('leaves frozen variables out and refuses to train nothing', () => {
    const frozen = tf.variable(tf.zeros([2, 2]), false);
    expect(() => adamW({ variables: [frozen] })).toThrow(
      'adamW: variables must hold at least one trainable variable, got 1 frozen ones',
    );
    frozen.dispose();
  });

  it('names a variable that the loss does not reach', () => {
    const variable = tf.variable(tf.zeros([2, 2]), true, 'lonely');
    const optimizer = adamW({ variables: [variable] });
    expect(() => takeStep(optimizer, {}, 1, 0.1)).toThrow('lonely needs a gradient, got none');
    optimizer.dispose();
    variable.dispose();
  });
});
