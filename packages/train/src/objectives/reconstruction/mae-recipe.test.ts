import { describe, expect, it } from 'vitest';
import { scaledLearningRate } from '../../schedules/scaled-learning-rate';
import { type MAERecipeName, maeRecipe, maeRecipeNames } from './mae-recipe';

describe('maeRecipe', () => {
  it('has the published numbers, MAE Tables 1 and 8', () => {
    const recipe = maeRecipe('mae-vitb16');
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

  it.each(maeRecipeNames)('%s fits together', (name) => {
    const { encoder, decoder, views, warmupEpochs, epochs } = maeRecipe(name);
    expect(maeRecipe(name).name).toBe(name);
    expect([encoder.width % (4 * encoder.heads), decoder.width % 4, decoder.width % decoder.heads]).toEqual([0, 0, 0]);
    expect(views.size % encoder.patchSize).toBe(0);
    expect(warmupEpochs).toBeLessThan(epochs);
  });

  it('names what there is', () => {
    expect(scaledLearningRate(maeRecipe('mae-small').learningRate, maeRecipe('mae-small').batchSize)).toBe(1e-3);
    expect(() => maeRecipe('mae' as MAERecipeName)).toThrow(
      'maeRecipe: name must be one of mae-small, mae-vitb16, got mae',
    );
  });
});
