import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { normal, uniform } from './initial-values';
import { type SeededVariableOptions, seededVariable } from './seeded-variable';

describe('seededVariable', () => {
  it('depends on seed and name only', () => {
    const [first, second] = [createRng(5), createRng(5)];
    second.normal();
    const a = seededVariable({ name: 'a', shape: [11], rng: first });
    const b = seededVariable({ name: 'b', shape: [11], rng: first });
    const aAgain = seededVariable({ name: 'a', shape: [11], rng: second });
    expect(aAgain.dataSync()).toEqual(a.dataSync());
    expect(b.dataSync()).not.toEqual(a.dataSync());
    for (const variable of [a, b, aAgain]) variable.dispose();
  });

  it('finds a free name and gives names back', () => {
    const rng = createRng(1);
    const names = () => {
      const pair = [0, 1].map(() => seededVariable({ name: 'layer/kernel', shape: [2], rng }));
      const taken = pair.map((variable) => variable.name);
      for (const variable of pair) variable.dispose();
      return taken;
    };
    expect(names()).toEqual(['layer/kernel', 'layer/kernel_1']);
    expect(names()).toEqual(['layer/kernel', 'layer/kernel_1']);
  });

  it('draws the values asked for, standard normal ones by default', () => {
    const rng = createRng(2);
    const values = (options: Partial<SeededVariableOptions>) => {
      const variable = seededVariable({ name: 'kernel', shape: [5000], rng, ...options });
      const drawn = Float32Array.from(variable.dataSync());
      variable.dispose();
      return drawn;
    };
    expect(values({})).toEqual(normal(1)([5000], createRng(2).split('kernel')));
    expect(values({ values: uniform(3) })).toEqual(uniform(3)([5000], createRng(2).split('kernel')));
  });
});
