import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { createPatchGrid, createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import type { SoftmaxAxis } from '../maps/attention-maps';
import { mapResampling } from '../maps/map-resampling';
import { featureConsistencyLoss } from './feature-consistency-loss';

type Nested = number[][][];

function loss(maps: Nested, tokens: Nested, softmaxAxis: SoftmaxAxis = 'parts'): number {
  const inputs = () => ({ maps: tf.tensor3d(maps), patchTokens: tf.tensor3d(tokens), softmaxAxis });
  return tf.tidy(() => featureConsistencyLoss(inputs()).dataSync()[0]!);
}

/** The definition, term by term. */
function slowLoss(maps: Nested, tokens: Nested, softmaxAxis: SoftmaxAxis): number {
  const shares = maps.map((image) =>
    image.map((map) =>
      map.map((value, patch) => {
        return softmaxAxis === 'parts' ? value : value / image.reduce((sum, other) => sum + other[patch]!, 0);
      }),
    ),
  );
  const channels = tokens[0]![0]!.length;
  const patches = tokens.flatMap((image, b) => image.map((token, n) => ({ token, b, n })));
  let sum = 0;
  for (let part = 0; part < maps[0]!.length; part++) {
    const share = ({ b, n }: { b: number; n: number }) => shares[b]![part]![n]!;
    const mass = patches.reduce((total, patch) => total + share(patch), 0);
    for (let channel = 0; channel < channels; channel++) {
      const center = patches.reduce((total, patch) => total + share(patch) * patch.token[channel]!, 0) / mass;
      for (const patch of patches) sum += share(patch) * (patch.token[channel]! - center) ** 2;
    }
  }
  return sum / (patches.length * channels);
}

function random(shape: [number, number, number], stream: number): Nested {
  const rng = createRng(5).split(stream);
  const [a, b, c] = shape;
  const list = <Item>(length: number, make: () => Item) => Array.from({ length }, make);
  return list(a, () => list(b, () => list(c, rng.normal)));
}

/** Softmax over the parts or the positions of random logits, [B, P, N]. */
function softmaxMaps(shape: [number, number, number], axis: SoftmaxAxis): Nested {
  return tf.tidy(() => {
    const logits = tf.tensor3d(random(shape, 1));
    if (axis === 'positions') return tf.softmax(logits).arraySync();
    return tf.transpose(tf.softmax(tf.transpose(logits, [0, 2, 1])), [0, 2, 1]).arraySync() as Nested;
  });
}

describe('featureConsistencyLoss', () => {
  const [red, blue] = [
    [1, 0, 5],
    [0, 3, 5],
  ];

  it('is 0 when a part looks the same in all images, and not when ids are exchanged in one of them', () => {
    const maps = [
      [
        [1, 1, 0, 0],
        [0, 0, 1, 1],
      ],
      [
        [1, 0, 0, 0],
        [0, 1, 1, 1],
      ],
    ];
    const tokens = [
      [red, red, blue, blue],
      [red, blue, blue, blue],
    ];
    const before = tf.memory().numTensors;
    expect(loss(maps, tokens)).toBeCloseTo(0, 6);
    expect(loss([maps[0]!, [...maps[1]!].reverse()], tokens)).toBeGreaterThan(0.5);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is the mean variance of the channels for one part that has everything, and for parts that share all patches alike', () => {
    const tokens = [[red, blue, blue]] as Nested;
    const variance = (2 / 9 + (9 * 2) / 9) / 3; // of 1, 0, 0, of 0, 3, 3, and of a constant
    expect(loss([[[1, 1, 1]]], tokens)).toBeCloseTo(variance, 5);
    const half = [0.5, 0.5, 0.5];
    expect(loss([[half, half]], tokens)).toBeCloseTo(variance, 5);
    expect(
      loss(
        [
          [
            [1, 1, 1],
            [0, 0, 0],
          ],
        ],
        tokens,
      ),
    ).toBeCloseTo(variance, 5);
  });

  it.each(['parts', 'positions'] as const)('equals its definition for maps over %s', (axis) => {
    const maps = softmaxMaps([2, 3, 7], axis);
    const tokens = random([2, 7, 5], 2);
    const expected = slowLoss(maps, tokens, axis);
    expect(loss(maps, tokens, axis)).toBeCloseTo(expected, 5); // float32
    // far from 0, where squares would cancel: only the rounding of the tokens themselves is left
    const far = tokens.map((image) => image.map((token) => token.map((value) => value + 500)));
    expect(Math.abs(loss(maps, far, axis) - expected)).toBeLessThan(1e-3);
  });

  it('takes the mean share of the cells of a patch', () => {
    const tokens = random([2, 6, 5], 3);
    const maps = softmaxMaps([2, 3, 24], 'parts');
    const toTokenGrid = mapResampling(createPatchGrid(4, 6), createPatchGrid(2, 3));
    const shares = maps.map((image) =>
      image.map((map) =>
        [0, 2, 4, 12, 14, 16].map((cell) => [0, 1, 6, 7].reduce((sum, step) => sum + map[cell + step]! / 4, 0)),
      ),
    );
    const before = tf.memory().numTensors;
    const fine = tf.tidy(() => {
      const inputs = { maps: tf.tensor3d(maps), patchTokens: tf.tensor3d(tokens), softmaxAxis: 'parts' as const };
      expect(() => featureConsistencyLoss(inputs)).toThrow('maps must have shape [2, 3, 6], got [2, 3, 24]');
      return featureConsistencyLoss({ ...inputs, toTokenGrid }).dataSync()[0]!;
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(fine).toBeCloseTo(slowLoss(shares, tokens, 'parts'), 5);
  });

  it.each(['parts', 'positions'] as const)('has the gradient of its definition, maps over %s', (axis) => {
    const maps = softmaxMaps([2, 3, 7], axis);
    const tokens = random([2, 7, 5], 2);
    const gradient = tf.tidy(() => {
      const patchTokens = tf.tensor3d(tokens);
      const of = (x: tf.Tensor) => featureConsistencyLoss({ maps: x as tf.Tensor3D, patchTokens, softmaxAxis: axis });
      return tf.grad(of)(tf.tensor3d(maps)).arraySync() as Nested;
    });
    for (const [b, p, n] of [
      [0, 0, 0],
      [1, 2, 6],
      [1, 1, 3],
    ] as const) {
      const at = (change: number) => {
        const moved = structuredClone(maps);
        moved[b]![p]![n]! += change;
        return slowLoss(moved, tokens, axis);
      };
      expect(gradient[b]![p]![n]!).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 4); // float32 against float64
    }
  });
});
