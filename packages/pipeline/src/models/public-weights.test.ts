// Checkpoints of every family against the networks that they are of.

import '@tensorflow/tfjs-backend-cpu';

import { usePublicModel } from '@semmae/checkpoints';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { fixtureNames, openFixture, parityOf } from '../__fixtures__/public-fixtures';

/** What float32 leaves, sums being in another order: tokens are of the order of 1 and 10. */
function toleranceOf(name: string): number {
  if (name.endsWith('positions')) return 1e-5;
  return name.startsWith('gradient.') ? 1e-3 : 1e-4;
}

describe.each(fixtureNames)('%s', (name) => {
  it('is what it was', async () => {
    const fixture = await openFixture(name);
    const { family, options, networks = [undefined], refused } = fixture.facts;
    if (refused !== undefined) {
      await expect(usePublicModel(fixture.path, options, async () => {})).rejects.toThrow(refused);
      return;
    }
    for (const network of networks) {
      const before = tf.memory().numTensors;
      const { model, deviations } = await parityOf(fixture, network);
      expect(tf.memory().numTensors).toBe(before);
      expect(model.family).toBe(family);
      expect([...deviations.keys()].filter((one) => one.startsWith('block.')).length).toBeGreaterThan(0);
      for (const [what, deviation] of deviations) expect(deviation, what).toBeLessThan(toleranceOf(what));
    }
    fixture.expected.close();
  });
});

it('has the gradients of all weights of a masked autoencoder but its tables', async () => {
  const { model, deviations } = await parityOf(await openFixture('mae-full'));
  const gradients = [...deviations.keys()].filter((name) => name.startsWith('gradient.'));
  const trained = [...model.weights.keys()].filter((name) => !name.endsWith('pos_embed'));
  expect(gradients.sort()).toEqual(trained.map((name) => `gradient.${name}`).sort());
});
