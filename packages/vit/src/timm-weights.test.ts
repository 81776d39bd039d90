// Round trips and the strict report; numbers of timm are in timm-options.test.ts.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { assignTimmWeights, MAEDecoder, ProjectionHead, type TimmWeight, timmWeights, ViTEncoder } from './index';

const size = { imageHeight: 6, imageWidth: 10, patchSize: 2, width: 12, depth: 1, heads: 3, hiddenWidth: 17 };
const decoderSize = { grid: { rows: 3, columns: 5 }, patchSize: 2, encoderWidth: 20, width: 12, depth: 1, heads: 3 };
const headSize = { inputWidth: 12, hiddenWidth: 17, bottleneckWidth: 7, prototypes: 11, patchPrototypes: 13 };

const networks = {
  encoder: (seed: number) => new ViTEncoder({ ...size, maskToken: true, registers: 2, layerScale: 0.5, seed }),
  decoder: (seed: number) => new MAEDecoder({ ...decoderSize, prefixTokens: 3, seed }),
  head: (seed: number) => new ProjectionHead({ ...headSize, seed }),
};

describe.each(Object.entries(networks))('the weights of a %s', (_, create) => {
  it('come back as they were, and are transposed on the way', async () => {
    const before = tf.memory().numTensors;
    const [source, target] = [create(1), create(2)];
    await assignTimmWeights(target, timmWeights(source));
    const [from, to] = [source.namedVariables(), target.namedVariables()];
    for (const [name, variable] of from) expect(to.get(name)!.dataSync(), name).toEqual(variable.dataSync());
    for (const [name, { shape, read }] of timmWeights(source)) {
      expect((await read()).length, name).toBe(tf.util.sizeFromShape([...shape]));
    }
    source.dispose();
    target.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('timmWeights', () => {
  it('has the names and shapes of PyTorch', () => {
    const encoder = networks.encoder(1);
    const shapes = new Map([...timmWeights(encoder)].map(([name, { shape }]) => [name, shape]));
    expect(shapes.get('patch_embed.proj.weight')).toEqual([12, 3, 2, 2]);
    expect(shapes.get('blocks.0.attn.qkv.weight')).toEqual([36, 12]);
    expect(shapes.get('blocks.0.mlp.fc2.weight')).toEqual([12, 17]);
    expect(shapes.get('blocks.0.ls1.gamma')).toEqual([12]);
    expect(shapes.get('blocks.0.norm1.bias')).toEqual([12]);
    expect(shapes.get('reg_token')).toEqual([1, 2, 12]);
    expect(shapes.get('masked_embed')).toEqual([1, 12]);
    encoder.dispose();
    const head = networks.head(1);
    expect([...timmWeights(head).keys()].slice(-4)).toEqual(
      ['last_layer', 'last_layer2'].flatMap((layer) => [`${layer}.weight_v`, `${layer}.weight_g`]),
    );
    head.dispose();
  });
});

describe('assignTimmWeights', () => {
  async function spoiled(spoil: (weights: Map<string, TimmWeight>) => void, allow = {}) {
    const [source, target] = [networks.encoder(1), networks.encoder(2)];
    const weights = timmWeights(source);
    target.variables();
    spoil(weights);
    const before = [...target.namedVariables()].map(([name, variable]) => [name, [...variable.dataSync()]]);
    try {
      return await assignTimmWeights(target, weights, { where: 'model.pth', allow });
    } catch (error) {
      const after = [...target.namedVariables()].map(([name, variable]) => [name, [...variable.dataSync()]]);
      expect(after).toEqual(before);
      throw error;
    } finally {
      source.dispose();
      target.dispose();
    }
  }
  const head: TimmWeight = { shape: [5, 12], read: async () => new Float32Array(60) };

  it('refuses all that does not fit in one line, and changes nothing', async () => {
    const wrong = spoiled((weights) => {
      for (const name of ['norm.weight', 'norm.bias']) weights.delete(name);
      weights.set('head.weight', head);
      weights.set('pos_embed', { shape: [1, 5, 12], read: async () => new Float32Array(60) });
    });
    await expect(wrong).rejects.toThrow(
      'model.pth: must be the weights of this ViTEncoder, got 2 missing (norm.weight, norm.bias); 1 unexpected (head.weight); ' +
        '1 of another shape (pos_embed [1, 5, 12] instead of [1, 16, 12])',
    );
    const foreign = spoiled((weights) => {
      for (const name of [...weights.keys()]) weights.delete(name);
    });
    await expect(foreign).rejects.toThrow(/got \d+ missing \(cls_token, reg_token, pos_embed, …\)$/);
  });

  it('passes over what is allowed by name, and says so', async () => {
    const spoil = (weights: Map<string, TimmWeight>) => {
      weights.delete('masked_embed');
      weights.set('head.weight', head);
    };
    const report = await spoiled(spoil, { missing: ['masked_embed'], unexpected: ['head.weight'] });
    expect([report.missing, report.unexpected]).toEqual([['masked_embed'], ['head.weight']]);
    expect(report.loaded).toContain('cls_token');
    await expect(spoiled(spoil, { missing: ['masked_embed'] })).rejects.toThrow('got 1 unexpected (head.weight)');
    const otherShape = spoiled((weights) => weights.set('cls_token', head), { missing: ['cls_token'] });
    await expect(otherShape).rejects.toThrow('1 of another shape (cls_token [5, 12] instead of [1, 1, 12])');
  });
});
