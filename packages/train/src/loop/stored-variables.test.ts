import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSafetensors, writeSafetensors } from '@semmae/checkpoints';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { restoreVariables, storedVariables } from './stored-variables';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-variables-'));
  path = join(folder, 'a.safetensors');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  tf.disposeVariables();
});

const variables = (weight: tf.Tensor = tf.tensor2d([1.5, -0, 1e-42, 3.4e38, 0.1, 2], [2, 3])) =>
  new Map([
    ['weight', tf.variable(weight)],
    ['flags', tf.variable(tf.tensor1d([1, 0, 1], 'bool'))],
    ['count', tf.variable(tf.scalar(-7, 'int32'))],
    ['empty', tf.variable(tf.zeros([0, 5]))],
  ]);

async function written(): Promise<Map<string, tf.Variable>> {
  const all = variables();
  await writeSafetensors(path, storedVariables(all));
  return all;
}

describe('stored variables', () => {
  it('bring back every bit', async () => {
    const before = await written();
    const restored = new Map([...before].map(([name, variable]) => [name, tf.variable(tf.zerosLike(variable))]));
    const tensors = tf.memory().numTensors;
    const file = await openSafetensors(path);
    await restoreVariables(file, restored, 'none');
    file.close();
    expect(tf.memory().numTensors).toBe(tensors);
    for (const [name, variable] of before) {
      expect(restored.get(name)!.dataSync()).toEqual(variable.dataSync()); // toEqual tells -0 from 0
    }
  });

  it('are assigned all or none', async () => {
    await written();
    const others = variables(tf.zeros([3, 2]));
    const all = variables(tf.ones([2, 3]));
    const file = await openSafetensors(path);
    await expect(restoreVariables(file, others, 'do this')).rejects.toThrow(
      /a\.safetensors: weight must be F32 \[3, 2\] as in this model, got F32 \[2, 3\]; do this$/,
    );
    const more = new Map([...all, ['more', tf.variable(tf.scalar(1))]]);
    await expect(restoreVariables(file, more, 'do this')).rejects.toThrow(
      'more must be F32 [] as in this model, got no',
    );
    const fewer = new Map([...all].filter(([name]) => name !== 'count'));
    await expect(restoreVariables(file, fewer, 'do this')).rejects.toThrow(
      'must exist in this model, got count, which',
    );
    file.close();
    expect(all.get('weight')!.dataSync()).toEqual(new Float32Array(6).fill(1));
    const strings = new Map<string, tf.Tensor>([['a', tf.tensor(['x'])]]);
    expect(() => storedVariables(strings)).toThrow('a must be float32, int32 or bool, got string');
  });
});
