import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations
import { createRng } from '@semmae/core';
import { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';

import { stableNames } from '../../loop/stable-names';
import { normalizedCrossEntropy, simclr } from './simclr';
import { simsiam } from './simsiam';
import { vitEmbedder } from './vit-embedder';

beforeEach(() => {
  const before = tf.memory().numTensors;
  return () => expect(tf.memory().numTensors).toBe(before);
});

function drawRows(rows: number, width: number, seed: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: rows }, () => Array.from({ length: width }, () => 2 * rng.normal()));
}

const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

/** Eq. 1 of SimCLR, word for word. */
function slowContrast(first: number[][], second: number[][], temperature: number): number {
  const views = [...first, ...second];
  const ratio = (i: number, k: number) => Math.exp(cosine(views[i]!, views[k]!) / temperature);
  const losses = views.map((_, i) => {
    const positive = (i + first.length) % views.length;
    const all = views.reduce((sum, _, k) => (k === i ? sum : sum + ratio(i, k)), 0);
    return -Math.log(ratio(i, positive) / all);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

const contrast = (first: number[][], second: number[][], temperature: number) =>
  tf.tidy(() => normalizedCrossEntropy(tf.tensor2d(first), tf.tensor2d(second), temperature).dataSync()[0]!);

describe('NT-Xent', () => {
  it.each([0.07, 0.2, 1])('is Eq. 1 of SimCLR at temperature %f', (temperature) => {
    const [first, second] = [drawRows(7, 5, 1), drawRows(7, 5, 2)];
    const expected = slowContrast(first, second, temperature);
    expect(Math.abs(contrast(first, second, temperature) - expected)).toBeLessThan(1e-5 * expected); // logits up to 14 in float32
  });

  it('is ln(2B - 1) when all views are one, does not care about lengths or which view is first', () => {
    const same = Array.from({ length: 3 }, () => [1, 2]);
    expect(contrast(same, same, 0.2)).toBeCloseTo(Math.log(5), 5);
    const [first, second] = [drawRows(7, 5, 1), drawRows(7, 5, 2)];
    const longer = second.map((row, index) => row.map((value) => (index + 1) * value));
    expect(contrast(first, longer, 0.2)).toBeCloseTo(contrast(first, second, 0.2), 5);
    expect(contrast(second, first, 0.2)).toBeCloseTo(contrast(first, second, 0.2), 5);
    expect(contrast(first, first, 0.2)).toBeLessThan(contrast(first, second, 0.2));
  });

  it('stays finite for embeddings of zero and low temperatures, and refuses a batch of one', () => {
    const zeros = Array.from({ length: 3 }, () => [0, 0]);
    expect(contrast(zeros, zeros, 0.2)).toBeCloseTo(Math.log(5), 5);
    expect(
      contrast(
        [
          [1, 0],
          [-1, 0],
        ],
        [
          [-1, 0],
          [1, 0],
        ],
        0.001,
      ),
    ).toBeCloseTo(2000, 0); // agreement -1 against 1
    expect(() => contrast([[1, 0]], [[1, 0]], 0.2)).toThrow(
      'simclr: a batch must hold at least 2 images to tell apart, got 1',
    );
  });
});

describe('simsiam', () => {
  const none = { variables: () => [], embed: (images: tf.Tensor4D) => tf.reshape<tf.Rank.R2>(images, [-1, 5]) };

  it('is the mean of two negative cosines; standing embeddings get no gradient', () => {
    const model = simsiam({ embedder: none, width: 5, hiddenWidth: 11, seed: 4 });
    tf.tidy(() => {
      const [one, other] = [drawRows(7, 5, 1), drawRows(7, 5, 2)];
      const [firstKernel, , secondKernel] = model.variables().map((variable) => variable.arraySync() as number[][]);
      const predict = (row: number[]) => {
        const hidden = Array.from({ length: 11 }, (_, unit) =>
          Math.max(
            0,
            dot(
              row,
              firstKernel!.map((weights) => weights[unit]!),
            ),
          ),
        );
        return [0, 1, 2, 3, 4].map((unit) =>
          dot(
            hidden,
            secondKernel!.map((weights) => weights[unit]!),
          ),
        );
      };
      const expected =
        one.reduce(
          (sum, row, index) => sum - cosine(predict(row), other[index]!) - cosine(predict(other[index]!), row),
          0,
        ) / 14;
      const [first, second] = [tf.tensor2d(one), tf.tensor2d(other)];
      expect(model.loss(first, second).dataSync()[0]).toBeCloseTo(expected, 5);

      // Along a standing embedding nothing changes: p(z₁) against z₂ alone would have a gradient in z₂.
      const kernels = model.variables().filter(({ shape }) => shape.length === 2);
      const start = kernels.map((kernel) => tf.clone(kernel as tf.Tensor));
      for (const kernel of kernels) kernel.assign(tf.zerosLike(kernel));
      model.variables()[3]!.assign(tf.tensor1d([1, 2, 3, 4, 5])); // the predictor says the same of all, so nothing moves z
      const [ofFirst, ofSecond] = tf.grads((a, b) => model.loss(a as tf.Tensor2D, b as tf.Tensor2D))([first, second]);
      expect(tf.max(tf.abs(tf.concat([ofFirst!, ofSecond!]))).dataSync()[0]).toBe(0);
      kernels.forEach((kernel, index) => {
        kernel.assign(start[index]!);
      });
    });
    expect(model.masked).toBe('both');
    model.dispose();
  });
});

describe('vitEmbedder', () => {
  it('projects the class token; its variables are those of encoder and projector', () => {
    const encoder = new ViTEncoder({ imageHeight: 8, imageWidth: 12, patchSize: 4, width: 12, depth: 1, heads: 3 });
    const embedder = vitEmbedder({ encoder, hiddenWidth: 11, width: 7, seed: 2 });
    tf.tidy(() => {
      const images = tf.tensor(drawRows(5, 8 * 12 * 3, 3).flat(), [5, 8, 12, 3]) as tf.Tensor4D;
      const [kernel, bias, last, lastBias] = embedder.variables().slice(-4) as tf.Tensor2D[];
      const hidden = tf.relu(tf.add(tf.matMul(encoder.encode(images).classToken!, kernel!), bias!)) as tf.Tensor2D;
      const expected = tf.add(tf.matMul(hidden, last!), lastBias!);
      expect(tf.max(tf.abs(tf.sub(embedder.embed(images), expected))).dataSync()[0]).toBeLessThan(1e-6);
      expect(expected.shape).toEqual([5, 7]);
    });
    const names = stableNames(embedder.variables());
    expect(names.slice(-4)).toEqual(
      [0, 1].flatMap((layer) => [`projector/mlp.${layer}.kernel`, `projector/mlp.${layer}.bias`]),
    );
    expect(names.length).toBe(encoder.variables().length + 4);
    expect(simclr({ embedder }).masked).toBe('second');
    embedder.dispose();
    encoder.dispose();
  });
});
