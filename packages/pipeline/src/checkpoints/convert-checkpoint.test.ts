import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadModel } from '../models/load-model';
import { convertCheckpoint } from './convert-checkpoint';
import { diffCheckpoints } from './diff-checkpoints';
import { inspectCheckpoint } from './inspect-checkpoint';

const fixture = (name: string) => join(import.meta.dirname, '../../../checkpoints/fixtures/families', name);

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-convert-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

describe('convertCheckpoint', () => {
  it('makes a model file of ours, with its decoder, that is the same encoder', async () => {
    const out = join(scratch, 'mae.safetensors');
    const before = tf.memory().numTensors;
    const converted = await convertCheckpoint({ file: fixture('hf-vit-mae'), out });
    expect(tf.memory().numTensors).toBe(before);
    expect(converted).toEqual({
      path: out,
      id: 'hf-vit-mae (hf-vit-mae)',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const models = [await loadModel(fixture('hf-vit-mae')), await loadModel(out)] as const;
    const [given, ours] = models;
    expect(ours).toMatchObject({ hash: given.hash, id: given.id, preprocessing: given.preprocessing });
    const images = tf.randomNormal<tf.Rank.R4>([2, 12, 12, 3], 0, 1, 'float32', 7);
    const [expected, got] = models.map(({ encoder }) => encoder.encode(images).patchTokens.dataSync());
    expect(got).toEqual(expected);
    expect(ours.decoder?.getConfig()).toMatchObject({ width: 8, depth: 1, heads: 2 });
    expect((await inspectCheckpoint({ file: out })).kind).toBe('semmae-model/1');
  });

  it("goes to timm's names and back without losing a bit", async () => {
    const [ours, timm, again] = ['ours', 'timm', 'again'].map((name) => join(scratch, name)) as [
      string,
      string,
      string,
    ];
    const { hash } = await convertCheckpoint({
      file: fixture('mae-encoder/mae_pretrain_vit_base.pth'),
      out: ours,
      heads: 3,
    });
    await convertCheckpoint({ file: ours, out: timm, format: 'safetensors' });
    const { model } = await inspectCheckpoint({ file: timm });
    expect(model).toMatchObject({ family: 'mae', encoder: { heads: 3, width: 12 } });
    await convertCheckpoint({ file: timm, out: again });
    const { tensors, onlyBefore, onlyAfter } = await diffCheckpoints({ before: ours, after: again });
    expect([onlyBefore, onlyAfter]).toEqual([[], []]);
    expect(tensors.map(({ absolute }) => absolute)).toEqual(tensors.map(() => 0));
    expect((await loadModel(again)).hash).toBe(hash);
  });

  it('takes the network that is asked for', async () => {
    const file = fixture('ibot-run/checkpoint.pth');
    const teacher = await convertCheckpoint({ file, out: join(scratch, 'teacher'), heads: 3 });
    const student = await convertCheckpoint({ file, out: join(scratch, 'student'), heads: 3, network: 'student' });
    expect(student.hash).not.toBe(teacher.hash);
  });

  it('writes nothing where something is wrong', async () => {
    const out = join(scratch, 'out.safetensors');
    const file = fixture('mae-encoder/mae_pretrain_vit_base.pth');
    await expect(convertCheckpoint({ file, out })).rejects.toThrow(/the number of attention heads must be known/);
    await expect(convertCheckpoint({ file, out, family: 'hf-vit', heads: 3 })).rejects.toThrow(
      /must be of the family hf-vit/,
    );
    await expect(convertCheckpoint({ file: join(scratch, 'none'), out })).rejects.toThrow(/must be a readable file/);
    expect(readdirSync(scratch)).toEqual([]);
    writeFileSync(out, 'something');
    await expect(convertCheckpoint({ file, out, heads: 3 })).rejects.toThrow(
      /^`out`: .*out.safetensors must not be there yet, got a file or folder; choose another `out`$/,
    );
    expect(existsSync(`${out}.draft`)).toBe(false);
  });
});
