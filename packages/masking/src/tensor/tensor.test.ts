// Values and gradients of everything in this folder against plain arrays: on the CPU backend, on wasm, and compiled.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { compile, registerOnnxBackend, type TensorFunction } from '@semmae/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  drawRows,
  gathered,
  masksHiding,
  patchCount,
  type Rows,
  rowsTensor,
  scattered,
  width,
} from './__fixtures__/token-twins';
import { gatherMasked, gatherVisible, type MaskTensors, maskTensors, meanOverMasked, restoreTokens } from './index';

beforeAll(async () => {
  await registerOnnxBackend();
});
afterAll(() => tf.setBackend('cpu'));

const directly = <F extends TensorFunction>(step: F): F => step;

const cases = [
  ['equal counts', [7, 7, 7]],
  ['counts that vary', [7, 2, 5]],
  ['images with nothing masked and with nothing visible', [0, patchCount, 3]],
  ['nothing masked at all', [0, 0, 0]],
  ['nothing visible at all', [patchCount, patchCount, patchCount]],
] as const;

/** Value and gradients of Σ weights · f(inputs), the weights being another random tensor of the shape of f. */
function valueAndGradients(
  run: typeof directly,
  f: (inputs: tf.Tensor[], masks: MaskTensors) => tf.Tensor,
  inputs: tf.Tensor[],
  masks: MaskTensors,
  weights: tf.Tensor,
): Rows[] {
  const step = run((...groups) => {
    const [given, maskGroup, factors] = groups as [Record<string, tf.Tensor>, MaskTensors, tf.Tensor];
    const tensors = inputs.map((_, index) => given[`input${index}`]!);
    const { grads } = tf.valueAndGrads((...xs: tf.Tensor[]) => tf.sum(tf.mul(factors, f(xs, maskGroup))))(tensors);
    return { value: f(tensors, maskGroup), ...Object.fromEntries(grads.map((grad, index) => [`grad${index}`, grad])) };
  });
  const given = Object.fromEntries(inputs.map((tensor, index) => [`input${index}`, tensor]));
  tf.dispose(step(given, masks, weights)); // the second call runs the compiled graph in any case
  const results = step(given, masks, weights) as Record<string, tf.Tensor>;
  return ['value', ...inputs.map((_, index) => `grad${index}`)].map(
    (name) => results[name]!.arraySync() as number[][][],
  );
}

/** The same rows; an empty tensor has lost their number on its way to an array. */
function expectSame(got: Rows | undefined, expected: Rows): void {
  expect(got!.flat(2)).toEqual(expected.flat(2));
}

/** Sums of few float32 products: equal to a few units of the last place, and copied rows exactly. */
function expectRows(got: Rows, expected: Rows): void {
  expect(got.flat(2)).toHaveLength(expected.flat(2).length);
  for (const [index, value] of got.flat(2).entries()) expect(value).toBeCloseTo(expected.flat(2)[index]!, 5);
}

describe.each([
  ['cpu', directly],
  ['wasm', directly],
  ['onnx', compile],
])('on %s', (backend, run) => {
  let tensorsBefore = 0;
  beforeEach(async () => {
    await tf.setBackend(backend);
    tensorsBefore = tf.memory().numTensors;
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  describe.each(cases)('%s', (_, counts) => {
    const { masks, batch } = masksHiding(...counts);
    const sizes = [
      ['as they are', {}],
      ['widened', { visibleCount: patchCount + 2, maskedCount: patchCount + 1 }],
    ] as const;
    const tokens = drawRows(counts.length, patchCount, 1);

    it.each(sizes)('gathers and puts gradients back, %s', (_, options) => {
      const tensors = maskTensors(batch, options);
      for (const [list, gather] of [
        ['visible', gatherVisible],
        ['masked', gatherMasked],
      ] as const) {
        const count = tensors[list].shape[1];
        const weights = drawRows(counts.length, Math.max(1, count), 2).map((rows) => rows.slice(0, count));
        const [value, gradient] = valueAndGradients(
          run,
          ([x], maskGroup) => gather(x!, maskGroup),
          [rowsTensor(tokens)],
          tensors,
          tf.tensor3d(Float32Array.from(weights.flat(2)), [counts.length, count, width]),
        );
        expectSame(value, gathered(tokens, masks, list, count));
        expectSame(gradient, scattered(weights, masks, list));
      }
    });

    it.each(sizes)('restores tokens of both lists, %s', (_, options) => {
      const tensors = maskTensors(batch, options);
      const [visibleCount, maskedCount] = [tensors.visible.shape[1], tensors.masked.shape[1]];
      const weights = drawRows(counts.length, patchCount, 3);
      const [visible, masked] = [visibleCount, maskedCount].map((count, seed) =>
        drawRows(counts.length, count, 4 + seed),
      );
      const [value, ofVisible, ofMasked] = valueAndGradients(
        run,
        ([x, y], maskGroup) => restoreTokens(x as tf.Tensor3D, y!, maskGroup),
        [visible!, masked!].map((rows, index) =>
          tf.tensor3d(Float32Array.from(rows.flat(2)), [
            counts.length,
            index === 0 ? visibleCount : maskedCount,
            width,
          ]),
        ),
        tensors,
        rowsTensor(weights),
      );
      const places = [scattered(visible!, masks, 'visible'), scattered(masked!, masks, 'masked')];
      expectSame(value, add(places[0]!, places[1]!));
      expectSame(ofVisible, gathered(weights, masks, 'visible', visibleCount));
      expectSame(ofMasked, gathered(weights, masks, 'masked', maskedCount));
    });

    it('restores with one mask token, whose gradient sums over the masked patches', () => {
      const tensors = maskTensors(batch);
      const [visible, weights] = [
        drawRows(counts.length, batch.visibleCount, 6),
        drawRows(counts.length, patchCount, 7),
      ];
      const token = [1, 2, 3, 4, 5];
      const [value, ofVisible, ofToken] = valueAndGradients(
        run,
        ([x, y], maskGroup) => restoreTokens(x as tf.Tensor3D, y!, maskGroup),
        [
          tf.tensor3d(Float32Array.from(visible.flat(2)), [counts.length, batch.visibleCount, width]),
          tf.tensor3d([[token]]),
        ],
        tensors,
        rowsTensor(weights),
      );
      const tokens = masks.map((mask) => Array.from(mask.masked, () => token));
      expectSame(value, add(scattered(visible, masks, 'visible'), scattered(tokens, masks, 'masked')));
      expectSame(ofVisible, gathered(weights, masks, 'visible', batch.visibleCount));
      const hiddenWeights = masks.flatMap((mask, image) => Array.from(mask.masked, (patch) => weights[image]![patch]!));
      expectRows(ofToken!, [[token.map((_, axis) => hiddenWeights.reduce((sum, row) => sum + row[axis]!, 0))]]);
    });

    it.each(['batch', 'image'] as const)('averages over masked patches, each %s counting the same', (per) => {
      const ofPatches = tokens.map((rows) => rows.map((row) => row.reduce((sum, value) => sum + value, 0) / width));
      const ofImages = masks.map((mask, image) => Array.from(mask.masked, (patch) => ofPatches[image]![patch]!));
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
      const expected = per === 'batch' ? mean(ofImages.flat()) : mean(ofImages.map(mean));
      const maskedTotal = counts.reduce<number>((sum, count) => sum + count, 0);
      const share = (image: number) => (per === 'batch' ? 1 / maskedTotal : 1 / counts.length / counts[image]!) / width;
      const gradients = masks.map(({ masked }, image) =>
        Array.from({ length: patchCount }, (_, patch) =>
          new Array<number>(width).fill(masked.includes(patch) ? share(image) : 0),
        ),
      );

      // A visible NaN stays out of the mean.
      const poisoned = tokens.map((rows, image) =>
        rows.map((row, patch) => (masks[image]!.masked.includes(patch) ? row : row.map(() => Number.NaN))),
      );
      const one = tf.scalar(1);
      const [value, gradient] = valueAndGradients(
        run,
        ([x], group) => meanOverMasked(x!, group, { per }),
        [rowsTensor(poisoned)],
        maskTensors(batch),
        one,
      );
      expect(value).toBeCloseTo(expected, 6); // float32 sums of at most 33 · 5 terms of size 1
      expectRows(gradient!, gradients);

      const tensors = maskTensors(batch, { maskedCount: patchCount + 1 });
      const predicted = tf.where(
        tf.reshape(
          tf.less(tf.range(0, patchCount + 1), tf.reshape(tf.cast(tensors.maskedCounts, 'float32'), [-1, 1])),
          [counts.length, patchCount + 1, 1],
        ),
        gatherMasked(rowsTensor(tokens), tensors),
        Number.NaN, // at padding
      );
      const [again] = valueAndGradients(
        run,
        ([x], group) => meanOverMasked(x!, group, { per, of: 'masked' }),
        [predicted],
        tensors,
        one,
      );
      expect(again).toBeCloseTo(expected, 6);
    });
  });
});

const add = (left: Rows, right: Rows): Rows =>
  left.map((rows, image) => rows.map((row, patch) => row.map((value, axis) => value + right[image]![patch]![axis]!)));
