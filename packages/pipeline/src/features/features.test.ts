import { type ImageDataset, normalizePixels } from '@semmae/data';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { imageSize, tinyData, tinyEncoder, tinyModel } from '../__fixtures__/tiny';
import { encodeFeatures } from './encode-features';
import { featureExtractor } from './feature-extractor';
import { featureGeometry } from './feature-geometry';
import { featureStore } from './feature-store';
import { meanToken } from './mean-token';

const data = tinyData(5);

describe('featureGeometry', () => {
  it('takes size and grid from the encoder, and twice the grid on the finer routes', () => {
    const encoder = tinyModel();
    expect(featureGeometry(encoder)).toMatchObject({ imageSize, feed: imageSize, mapGrid: { rows: 5, columns: 7 } });
    expect(featureGeometry(encoder, { gridRoute: 'upscale' })).toMatchObject({
      feed: { height: 40, width: 56 },
      tokenGrid: { rows: 10, columns: 14 },
    });
    expect(featureGeometry(encoder, { gridRoute: 'stride', imageSize: 32 })).toMatchObject({
      patchStride: 2,
      mapGrid: { rows: 16, columns: 16 },
    });
    expect(featureGeometry(encoder, { gridRoute: 'upsample-map' })).toMatchObject({
      tokenGrid: { rows: 5, columns: 7 },
      mapGrid: { rows: 10, columns: 14 },
    });
  });

  it('refuses what the patches do not reach', () => {
    const requirement = '`imageSize`: must be a multiple of the patch size 4, got';
    expect(() => featureGeometry(tinyModel(), { imageSize: 30 })).toThrow(`${requirement} 30x30; take 32x32`);
    const wide = { height: 9, width: 1 };
    expect(() => featureGeometry(tinyModel(), { imageSize: wide })).toThrow(`${requirement} 9x1; take 8x4`);
    expect(() => featureGeometry(tinyModel(), { grid: { rows: 28, columns: 28 } })).toThrow(/got 20x28/);
  });
});

describe('features', () => {
  it('are what the encoder says', async () => {
    const model = tinyModel();
    const before = tf.memory().numTensors;
    const { features, imagesPerSecond } = await encodeFeatures(model, data, { batchSize: 3 });
    expect(imagesPerSecond).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
    const image = await data.get(4);
    const encoding = model.encoder.encode(tf.tensor4d(normalizePixels(image.pixels), [1, 20, 28, 3]), {
      attention: true,
    });
    close(features[4]!.classToken, encoding.classToken!);
    close(features[4]!.patchTokens, encoding.patchTokens);
    const last = encoding.attention!.at(-1)!; // [1, 3, 36, 36]
    close(features[4]!.attention!, tf.slice(last, [0, 0, 0, 1], [1, 3, 1, 35]));
    close(meanToken(features[4]!.patchTokens, 12), tf.mean(encoding.patchTokens, 1));
  });

  it('of an encoder without a class token are its pooled and patch tokens; with registers, attention is to patches', async () => {
    const before = tf.memory().numTensors;
    const [without, registers] = [tinyModel({ classToken: false, finalNorm: 'pooled' }), tinyModel({ registers: 2 })];
    const image = await data.get(4);
    const pixels = tf.tensor4d(normalizePixels(image.pixels), [1, 20, 28, 3]);
    const { features } = await encodeFeatures(without, data, { batchSize: 3 });
    tf.tidy(() => {
      const { pooled, patchTokens } = without.encoder.encode(pixels);
      close(features[4]!.classToken, pooled);
      close(features[4]!.patchTokens, patchTokens);
    });
    expect(features[4]!.attention).toBeUndefined();
    const { features: keys } = await encodeFeatures(without, data, { tokens: 'qk', batchSize: 3 });
    tf.tidy(() => {
      const { patchKeys } = without.encoder.encode(pixels, { lastBlock: true });
      close(keys[4]!.patchTokens, patchKeys!);
      close(keys[4]!.classToken, tf.mean(patchKeys!, 1));
    });
    const { features: others } = await encodeFeatures(registers, data, { batchSize: 3 });
    tf.tidy(() => {
      const last = registers.encoder.encode(pixels, { attention: true }).attention!.at(-1)!; // [1, 3, 38, 38]
      close(others[4]!.attention!, tf.slice(last, [0, 0, 0, 3], [1, 3, 1, 35]));
    });
    tf.dispose(pixels);
    for (const { encoder } of [without, registers]) encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('of stride and queries come from the same weights', async () => {
    const model = tinyModel({ positions: 'learned' });
    const options = { gridRoute: 'stride', imageSize: { height: 16, width: 24 }, tokens: 'qk' } as const;
    const { features, geometry } = await encodeFeatures(model, data, options);
    expect(geometry.tokenGrid).toEqual({ rows: 8, columns: 12 });
    expect([features[0]!.classToken.length, features[0]!.patchTokens.length]).toEqual([12, 96 * 12]);
    expect(features[0]!.classToken).not.toEqual(features[1]!.classToken);
  });

  it('are the same from memory and computed on the way', async () => {
    const encoder = tinyModel();
    const cached = await featureStore({ encoder, data, encodeBatchSize: 2 });
    const fresh = await featureStore({ encoder, data, memoryLimit: 0 });
    expect([cached.cached, fresh.cached, cached.bytes]).toEqual([true, false, 2 * 5 * 36 * 12 * 4]);
    const requests = [3, 1, 4].map((index) => ({ index, mirrored: index === 1 }));
    const [a, b] = [await cached.get(requests), await fresh.get(requests)];
    for (const [place, features] of a.entries()) close(features.patchTokens, tf.tensor(b[place]!.patchTokens));
    const plain = await cached.get([{ index: 1, mirrored: false }]);
    expect(plain[0]!.patchTokens).not.toEqual(a[1]!.patchTokens);
    fresh.dispose();
  });

  it('that are not finite name their image', async () => {
    const encoder = tinyEncoder();
    const geometry = featureGeometry({ encoder });
    const compile = ((step: (input: tf.Tensor4D) => Record<string, tf.Tensor>) => (input: tf.Tensor4D) => {
      const outputs = step(input);
      const spoilt = tf.tensor1d([0, 0, Number.NaN, 0]);
      return { ...outputs, patchTokens: tf.add(outputs.patchTokens!, tf.reshape(spoilt, [4, 1, 1])) };
    }) as never;
    const extractor = featureExtractor({ encoder, geometry, compile });
    const images = await Promise.all([0, 1, 2, 3].map((index) => data.get(index)));
    await expect(extractor.encode(images)).rejects.toThrow(
      /^features: patchTokens of pretrain\/2 must be finite, got NaN at 0 of 420; look at that image[^\n]*$/,
    );
  });

  it('stop when they are asked to', async () => {
    const stopped: ImageDataset = data;
    await expect(featureStore({ encoder: tinyModel(), data: stopped, signal: AbortSignal.abort() })).rejects.toThrow(
      'interrupted',
    );
  });
});

/** Up to float32 rounding of another batch size. */
function close(values: Float32Array, tensor: tf.Tensor): void {
  const expected = tensor.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index]!, 4);
}
