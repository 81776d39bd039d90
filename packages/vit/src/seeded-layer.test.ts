import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { ProjectionHead } from './projection-head';

const config = { inputWidth: 4, hiddenWidth: 7, bottleneckWidth: 5, prototypes: 3, seed: 2 };

function largestOf(head: ProjectionHead): number {
  return Math.max(...[...head.namedVariables().values()].flatMap((variable) => [...variable.dataSync()].map(Math.abs)));
}

it('builds a layer blank, and leaves one alone that is built', () => {
  const before = tf.memory().numTensors;
  const [blank, seeded] = [new ProjectionHead(config), new ProjectionHead(config)];
  blank.buildBlank();
  expect(largestOf(blank)).toBe(0);
  seeded.variables();
  const largest = largestOf(seeded);
  seeded.buildBlank();
  expect(largestOf(seeded)).toBe(largest);
  expect(largest).toBeGreaterThan(0);
  expect([...blank.namedVariables()].map(([name, { shape }]) => [name, shape])).toEqual(
    [...seeded.namedVariables()].map(([name, { shape }]) => [name, shape]),
  );
  blank.dispose();
  seeded.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
