import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { seededVariable } from './seeded-variable';

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

  it('draws the distribution asked for', () => {
    const rng = createRng(2);
    const draw = (distribution: 'normal' | 'uniform' | 'constant') => {
      const variable = seededVariable({ name: distribution, shape: [5000], rng, distribution, spread: 3 });
      const values = Float32Array.from(variable.dataSync());
      variable.dispose();
      return { largest: Math.max(...values), square: values.reduce((sum, value) => sum + value * value, 0) / 5000 };
    };
    // 5000 draws: the mean square is known to 2 % (normal) and 1.3 % (uniform); four deviations allowed
    expect(Math.abs(draw('normal').square / 9 - 1)).toBeLessThan(0.08);
    expect(Math.abs(draw('uniform').square / 3 - 1)).toBeLessThan(0.06);
    expect(draw('uniform').largest).toBeLessThan(3);
    expect(draw('constant')).toEqual({ largest: 3, square: 9 });
  });
});
