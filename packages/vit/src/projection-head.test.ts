import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { input, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, it } from 'vitest';

import { l2Normalize } from './l2-normalize';
import { ProjectionHead, type ProjectionHeadConfig } from './projection-head';

const size = { inputWidth: 13, hiddenWidth: 17, bottleneckWidth: 7, prototypes: 11, seed: 2 };
const made: ProjectionHead[] = [];
let tensorsBefore = 0;

beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  return () => {
    for (const head of made.splice(0)) head.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  };
});

function create(options: Partial<ProjectionHeadConfig> = {}): ProjectionHead {
  const head = new ProjectionHead({ ...size, ...options });
  head.variables();
  made.push(head);
  return head;
}

function draw(shape: number[], seed = 3): tf.Tensor {
  const rng = createRng(seed);
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape);
}

describe('ProjectionHead', () => {
  it('names its weights as DINO does', () => {
    const shapes = (head: ProjectionHead) =>
      Object.fromEntries([...head.namedVariables()].map(([name, { shape }]) => [name, shape]));
    expect(shapes(create({ patchPrototypes: 5 }))).toEqual({
      'mlp.0.kernel': [13, 17],
      'mlp.0.bias': [17],
      'mlp.2.kernel': [17, 17],
      'mlp.2.bias': [17],
      'mlp.4.kernel': [17, 7],
      'mlp.4.bias': [7],
      'last_layer.weight_v': [11, 7],
      'last_layer.weight_g': [11, 1],
      'last_layer2.weight_v': [5, 7],
      'last_layer2.weight_g': [5, 1],
    });
    expect(Object.keys(shapes(create({ layers: 1 })))).toEqual([
      'mlp.kernel',
      'mlp.bias',
      'last_layer.weight_v',
      'last_layer.weight_g',
    ]);
    expect(shapes(create({ layers: 2 }))['mlp.2.kernel']).toEqual([17, 7]);
  });

  it('starts from its seed: kernels and prototypes of deviation 0.02, lengths 1', () => {
    const head = create({ hiddenWidth: 101, bottleneckWidth: 97 });
    for (const name of ['mlp.2.kernel', 'last_layer.weight_v']) {
      const values = head.namedVariables().get(name)!.dataSync<'float32'>();
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(4 / Math.sqrt(2 * values.length)); // four deviations
    }
    expect(new Set(head.namedVariables().get('last_layer.weight_g')!.dataSync())).toEqual(new Set([1]));
    const again = create({ hiddenWidth: 101, bottleneckWidth: 97 });
    for (const [name, variable] of head.namedVariables())
      expect(again.namedVariables().get(name)!.dataSync()).toEqual(variable.dataSync());
  });

  it('gives cosines while lengths are 1, whatever the size of a prototype, and lengths times cosines else', () => {
    const head = create();
    tf.tidy(() => {
      const tokens = tf.mul(draw([5, 13]), 10);
      const logits = head.apply(tokens) as tf.Tensor2D;
      expect(logits.shape).toEqual([5, 11]);
      expect(tf.max(tf.abs(logits)).dataSync()[0]).toBeLessThanOrEqual(1.000001); // one float32 rounding of each factor
      const variables = head.namedVariables();
      const directions = variables.get('last_layer.weight_v')!;
      const lengths = variables.get('last_layer.weight_g')!;
      const scales = tf.add(tf.abs(draw([11, 1])), 0.5);
      directions.assign(tf.mul(directions, scales));
      const rescaled = head.apply(tokens) as tf.Tensor;
      expect(tf.max(tf.abs(tf.sub(rescaled, logits))).dataSync()[0]).toBeLessThan(1e-6);
      lengths.assign(scales);
      const longer = head.apply(tokens) as tf.Tensor;
      expect(tf.max(tf.abs(tf.sub(longer, tf.mul(logits, tf.transpose(scales))))).dataSync()[0]).toBeLessThan(1e-5);
    });
  });

  it('freezes the lengths on request', () => {
    const trained = (head: ProjectionHead) => head.variables().map(({ name }) => name.replace(/^head\/|_\d+$/g, ''));
    expect(trained(create())).toContain('last_layer.weight_g');
    const frozen = create({ normalizeLastLayer: true, patchPrototypes: 5 });
    expect(trained(frozen)).toContain('last_layer2.weight_v');
    expect(trained(frozen).some((name) => name.endsWith('weight_g'))).toBe(false);
    expect(frozen.namedVariables().has('last_layer2.weight_g')).toBe(true);
  });

  it('keeps prototypes of patches apart, on the same MLP', () => {
    const head = create({ patchPrototypes: 5 });
    tf.tidy(() => {
      const tokens = draw([3, 13]);
      const logits = head.apply(tokens, { patch: true }) as tf.Tensor;
      expect(logits.shape).toEqual([3, 5]);
      const own = head.namedVariables().get('last_layer2.weight_v')!;
      const shared = head.namedVariables().get('last_layer.weight_v')!;
      own.assign(tf.slice(shared as tf.Tensor2D, [2, 0], [5, 7]));
      const expected = tf.slice(head.apply(tokens) as tf.Tensor2D, [0, 2], [3, 5]);
      const got = head.apply(tokens, { patch: true }) as tf.Tensor;
      expect(tf.max(tf.abs(tf.sub(got, expected))).dataSync()[0]).toBeLessThan(1e-6);
    });
  });

  it.each([false, true])('has the gradients that differences show, of patches: %s', (patch) => {
    const head = create({ patchPrototypes: 5 });
    tf.tidy(() => {
      for (const [name, variable] of head.namedVariables()) {
        const noise = Array.from({ length: variable.size }, createRng(9).split(name).normal);
        variable.assign(tf.add(variable, tf.mul(tf.tensor(noise, variable.shape), 0.3)));
      }
      const tokens = draw([19, 13]);
      const weights = draw([19, patch ? 5 : 11], 4);
      const loss = () => tf.sum(tf.mul(head.apply(tokens, { patch }) as tf.Tensor, weights)) as tf.Scalar;
      const unused = patch ? 'last_layer.' : 'last_layer2.';
      const used = [...head.namedVariables()].filter(([name]) => !name.startsWith(unused));
      const { grads } = tf.variableGrads(
        loss,
        used.map(([, variable]) => variable),
      );
      for (const [name, variable] of used) {
        // Along the gradient itself, where the difference is largest.
        const gradient = grads[variable.name]!;
        const slope = tf.sum(tf.square(gradient)).dataSync()[0]!;
        const step = tf.mul(gradient, 0.01 / Math.sqrt(slope));
        const values = tf.clone(variable as tf.Tensor);
        variable.assign(tf.add(values, step));
        const above = loss().dataSync()[0]!;
        variable.assign(tf.sub(values, step));
        const below = loss().dataSync()[0]!;
        variable.assign(values);
        const measured = ((above - below) / 0.02) * Math.sqrt(slope);
        // float32 losses of order 10 leave 1e-4 of a difference, third derivatives as much
        expect(Math.abs(measured - slope) / slope, name).toBeLessThan(0.01);
      }
    });
  });

  it('survives being written down, and knows its shape', () => {
    const head = create({ patchPrototypes: 5, layers: 2, normalizeLastLayer: true });
    const written = JSON.parse(JSON.stringify(head.getConfig()));
    expect(new ProjectionHead(written).getConfig()).toEqual(written);
    const symbolic = create().apply(input({ shape: [13] })) as SymbolicTensor;
    expect(symbolic.shape).toEqual([null, 11]);
  });

  it('names what does not fit', () => {
    const head = create();
    tf.tidy(() => {
      expect(() => head.apply(tf.zeros([2, 5, 13]))).toThrow(
        'head: tokens must have shape [any, 13], got [2, 5, 13]; flatten the batch: one token a row',
      );
      expect(() => head.apply(tf.zeros([2, 13]), { patch: true })).toThrow(
        'head: patch: true needs a head with patchPrototypes, got shared prototypes; apply the head without options',
      );
    });
    expect(() => new ProjectionHead({ ...size, prototypes: 0 })).toThrow(
      'ProjectionHead: prototypes must be an integer of at least 1, got 0',
    );
  });
});

describe('l2Normalize', () => {
  it('gives rows of length 1, zeros for zeros, and the gradient of tfjs', () => {
    tf.tidy(() => {
      const x = tf.concat([draw([3, 5]), tf.zeros([1, 5])]) as tf.Tensor2D;
      const lengths = tf.norm(l2Normalize(x), 2, 1).dataSync();
      for (const length of lengths.subarray(0, 3)) expect(length).toBeCloseTo(1, 6);
      expect(lengths[3]).toBe(0);
      const weights = draw([3, 5], 8);
      const rows = draw([3, 5]) as tf.Tensor2D;
      const traced = tf.grad((y) => tf.sum(tf.mul(tf.div(y, tf.sqrt(tf.sum(tf.square(y), 1, true))), weights)))(rows);
      const closed = tf.grad((y) => tf.sum(tf.mul(l2Normalize(y as tf.Tensor2D), weights)))(rows);
      expect(tf.max(tf.abs(tf.sub(traced, closed))).dataSync()[0]).toBeLessThan(1e-5); // sums of five terms of order 1
    });
  });
});
