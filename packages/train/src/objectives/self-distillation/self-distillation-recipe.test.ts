import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';

import { recipeMasking } from './recipe-masking';
import { recipeNetworks } from './recipe-networks';
import { recipeSchedules } from './recipe-schedules';
import { type SelfDistillationRecipeName, selfDistillationRecipe } from './self-distillation-recipe';

const published: SelfDistillationRecipeName[] = ['dino-vits16', 'ibot-vits16', 'attmask-vits16', 'mst-vits16'];

describe('selfDistillationRecipe', () => {
  it.each(published)('%s has the numbers that DINO and iBOT share', (name) => {
    expect(selfDistillationRecipe(name)).toMatchObject({
      name,
      encoder: { patchSize: 16, width: 384, depth: 12, heads: 6, dropPath: 0.1 },
      head: { hiddenWidth: 2048, bottleneckWidth: 256, normalizeLastLayer: false },
      learningRate: 5e-4,
      minimumLearningRate: 1e-6,
      warmupEpochs: 10,
      weightDecay: [0.04, 0.4],
      beta2: 0.999,
      momentum: [0.996, 1],
      clip: 3,
      freezeEpochs: 1,
      studentTemperature: 0.1,
      centerMomentum: 0.9,
    });
  });

  it('tells the published ones apart', () => {
    const [dino, ibot, attmask, mst] = published.map(selfDistillationRecipe);
    expect(dino).toMatchObject({
      head: { prototypes: 65536 },
      views: { globalScale: [0.4, 1], localScale: [0.05, 0.4], localCount: 8 },
      classTemperature: [0.04, 0.04],
      patchWeight: 0,
      masking: undefined,
    });
    expect(ibot).toMatchObject({
      head: { prototypes: 8192 },
      views: { globalSize: 224, globalScale: [0.25, 1], localSize: 96, localScale: [0.05, 0.25], localCount: 10 },
      epochs: 800,
      batchSize: 1024,
      classTemperature: [0.04, 0.07],
      patchTemperature: [0.04, 0.07],
      temperatureEpochs: 30,
      patchWeight: 1,
      masking: { kind: 'block' },
    });
    expect(attmask).toMatchObject({
      ...ibot,
      name: 'attmask-vits16',
      epochs: 100,
      masking: { kind: 'attention-hint' },
    });
    expect(mst).toMatchObject({ patchWeight: 0, restorationWeight: 1, masking: { kind: 'low-attention' } });
    expect(() => selfDistillationRecipe('ibot' as SelfDistillationRecipeName)).toThrow(
      'selfDistillationRecipe: name must be one of dino-vits16, ibot-vits16, attmask-vits16, mst-vits16, ibot-small, dino-small, attmask-small, mst-small, got ibot',
    );
  });

  it('schedules iBOT over 800 epochs: rates by the batch, momentum and decay over the run, temperatures over 30 epochs', () => {
    const schedules = recipeSchedules(selfDistillationRecipe('ibot-vits16'), 1251);
    expect(schedules).toMatchObject({ totalSteps: 1_000_800, warmupSteps: 12_510, freezeSteps: 1251 });
    const { learningRate, weightDecay, momentum, moment } = schedules;
    expect([0, 12_510, 1_000_800].map(learningRate)).toEqual([
      0,
      expect.closeTo(5e-4 * 4, 12),
      expect.closeTo(1e-6, 12),
    ]);
    expect([0, 500_400, 1_000_800].map(weightDecay)).toEqual([expect.closeTo(0.04, 12), expect.closeTo(0.22, 12), 0.4]);
    expect([0, 500_400, 1_000_800].map(momentum)).toEqual([expect.closeTo(0.996, 12), expect.closeTo(0.998, 12), 1]);
    const temperatures = { classTemperature: expect.closeTo(0.055, 12), patchTemperature: expect.closeTo(0.055, 12) };
    expect(moment(15 * 1251)).toEqual({ ...temperatures, centerMomentum: 0.9 });
    expect(moment(700 * 1251)).toMatchObject({ classTemperature: 0.07, patchTemperature: 0.07 });
    expect(recipeSchedules(selfDistillationRecipe('dino-vits16'), 10).moment(500).classTemperature).toBe(0.04);
  });

  it.each([...published, 'ibot-small', 'dino-small', 'attmask-small', 'mst-small'] as const)(
    '%s gives networks of its sizes, and a mask token where it masks',
    (name) => {
      const recipe = selfDistillationRecipe(name);
      const { student, teacher } = recipeNetworks(recipe);
      const { globalSize, localSize } = recipe.views;
      const { patchSize } = recipe.encoder;
      expect(student.encoder.grid.patchCount).toBe((globalSize / patchSize) ** 2);
      expect(teacher.encoder.gridOf(localSize, localSize).patchCount).toBe((localSize / patchSize) ** 2);
      expect(teacher.head.prototypes).toBe(recipe.head.prototypes);
      expect([student, teacher].map(({ encoder }) => encoder.getConfig().maskToken === true)).toEqual([
        recipe.masking !== undefined,
        false,
      ]);
    },
  );

  it.each([
    [{ kind: 'block', ratios: [[0.3, 0]] }, 'views-ibot-block', 'none'],
    [{ kind: 'random', ratios: [[0.3, 0]] }, 'views-ibot-random', 'none'],
    [{ kind: 'attention-high', least: 0.1, most: 0.5, probability: 0.5 }, 'views-attmask-high', 'attention'],
    [{ kind: 'attention-low', least: 0.1, most: 0.5, probability: 0.5 }, 'views-attmask-low', 'attention'],
    [{ kind: 'attention-hint', least: 0.1, most: 0.5, probability: 0.5 }, 'views-attmask-hint', 'attention'],
    [{ kind: 'low-attention', fraction: 0.2, probability: 0.5 }, 'views-mst', 'attention'],
  ] as const)('makes the view masking of %o', (masking, name, guidance) => {
    expect(recipeMasking(masking)).toMatchObject({ name, guidance });
  });
});
