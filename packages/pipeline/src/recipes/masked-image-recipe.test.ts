import { scaledLearningRate } from '@semmae/train';
import { describe, expect, it } from 'vitest';

import { type MaskedImageRecipeName, maskedImageRecipe, maskedImageRecipeNames } from './masked-image-recipe';

describe('maskedImageRecipe', () => {
  it('has the published numbers, MAE Tables 1 and 8', () => {
    const recipe = maskedImageRecipe('mae-vitb16');
    expect(recipe).toMatchObject({
      encoder: { patchSize: 16, width: 768, depth: 12, heads: 12 },
      decoder: { width: 512, depth: 8, heads: 16 },
      views: { size: 224, scale: [0.2, 1], jitter: 0, grayscale: 0 },
      maskRatio: 0.75,
      epochs: 800,
      warmupEpochs: 40,
      weightDecay: 0.05,
      beta2: 0.95,
    });
    expect(scaledLearningRate(recipe.learningRate, recipe.batchSize)).toBeCloseTo(2.4e-3, 12);
  });

  it('has those of SemMAE §4.1: 196 of 784 patches, flips only, all else as MAE', () => {
    const { name: _own, ...published } = maskedImageRecipe('semmae-vitb8');
    const { name: _other, ...mae } = maskedImageRecipe('mae-vitb16');
    expect(published).toEqual({
      ...mae,
      encoder: { ...mae.encoder, patchSize: 8 },
      views: { size: 224, scale: [1, 1], jitter: 0, grayscale: 0 },
      masking: 'semantic',
      keptShare: 0.25,
    });
    expect((published.views.size / published.encoder.patchSize) ** 2 * published.keptShare).toBe(196);
  });

  it.each(maskedImageRecipeNames)('%s fits together', (name) => {
    const { encoder, decoder, views, warmupEpochs, epochs } = maskedImageRecipe(name);
    expect(maskedImageRecipe(name).name).toBe(name);
    expect([encoder.width % (4 * encoder.heads), decoder.width % 4, decoder.width % decoder.heads]).toEqual([0, 0, 0]);
    expect(views.size % encoder.patchSize).toBe(0);
    expect(warmupEpochs).toBeLessThan(epochs);
  });

  it('names what there is', () => {
    const { learningRate, batchSize } = maskedImageRecipe('mae-small');
    expect(scaledLearningRate(learningRate, batchSize)).toBe(1e-3);
    expect(() => maskedImageRecipe('mae' as MaskedImageRecipeName)).toThrow(
      'maskedImageRecipe: name must be one of mae-small, mae-vitb16, semmae-small, semmae-vitb8, semmae-vitb16, got mae',
    );
  });
});
