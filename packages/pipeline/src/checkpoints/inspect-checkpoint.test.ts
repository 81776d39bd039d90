import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeSafetensors } from '@semmae/checkpoints';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { provenance, tinyEncoder } from '../__fixtures__/tiny';
import { saveEncoder } from '../models/encoder-file';
import { inspectCheckpoint } from './inspect-checkpoint';

const fixtures = join(import.meta.dirname, '../../../checkpoints/fixtures/families');

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-inspect-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe('inspectCheckpoint', () => {
  it('says what a public model is, and what becomes of every tensor', async () => {
    const path = join(fixtures, 'hf-vit-mae');
    const { tensors, model, ...rest } = await inspectCheckpoint({ file: path });
    expect(rest).toEqual({
      ...{ path, container: 'safetensors', kind: 'public model', contents: { format: 'pt' } },
      ...{ values: 6024, bytes: 4 * 6024 },
    });
    expect(model).toMatchObject({
      ...{ family: 'hf-vit-mae', network: 'vit', parameters: 6024, heads: {}, missing: [], unexpected: [] },
      encoder: { width: 12, depth: 2, heads: 3 },
      decoder: { width: 8, depth: 1, heads: 2 },
      preprocessing: { imageSize: { height: 12, width: 12 } },
    });
    const of = (name: string) => tensors.find((tensor) => tensor.name === name);
    const attention = 'vit.encoder.layer.1.attention';
    for (const part of ['query', 'key', 'value']) {
      expect(of(`${attention}.attention.${part}.weight`)).toEqual({
        ...{ name: `${attention}.attention.${part}.weight`, dtype: 'F32', shape: [12, 12] },
        becomes: ['blocks.1.attn.qkv.weight'],
      });
    }
    expect(of(`${attention}.output.dense.bias`)?.becomes).toEqual(['blocks.1.attn.proj.bias']);
    expect(tensors.every(({ becomes }) => becomes?.length === 1)).toBe(true);
  });

  it('says why tensors are left out', async () => {
    const { tensors } = await inspectCheckpoint({ file: join(fixtures, 'hf-vit-classifier') });
    expect(tensors.find(({ name }) => name === 'classifier.weight')).toMatchObject({ leftOut: 'classification head' });
    expect(tensors.every(({ becomes, leftOut }) => (becomes === undefined) !== (leftOut === undefined))).toBe(true);
  });

  it('reads the checkpoint of a training: which network, which heads, what else it says', async () => {
    const file = join(fixtures, 'ibot-run/checkpoint.pth');
    const { container, contents, tensors, model } = await inspectCheckpoint({ file, heads: 3 });
    expect([container, model?.family, model?.network]).toEqual(['pytorch', 'ibot', 'teacher.backbone']);
    expect(contents).toMatchObject({ epoch: 800, args: { class: 'argparse.Namespace', arch: 'vit_small' } });
    expect(Object.keys(model!.heads)).toEqual(['head']);
    const reasons = new Set(tensors.flatMap(({ leftOut }) => leftOut ?? []));
    expect([...reasons]).toEqual(expect.arrayContaining(['optimizer', 'state of the loss', 'student']));
    const student = await inspectCheckpoint({ file, heads: 3, network: 'student' });
    expect(student.model?.network).toBe('student.module.backbone');
  });

  it('knows files from here, and parses what they say', async () => {
    const folder = join(scratch, 'run');
    mkdirSync(folder);
    await saveEncoder(join(folder, 'model.safetensors'), tinyEncoder(), provenance);
    const { kind, contents, tensors, model, refusal } = await inspectCheckpoint({ file: folder });
    expect([kind, model, refusal]).toEqual(['semmae-model/1', undefined, undefined]);
    expect(contents).toMatchObject({ config: { encoder: { width: 12, depth: 2 } }, provenance: { role: 'teacher' } });
    expect(tensors[0]).toEqual({ name: 'cls_token', dtype: 'F32', shape: [1, 1, 12] });
    renameSync(join(folder, 'model.safetensors'), join(folder, 'parts.safetensors')); // as the folder of part learning has it
    expect((await inspectCheckpoint({ file: folder })).kind).toBe('semmae-model/1');
  });

  it('describes tensors that are no ViT, unless one was asked for', async () => {
    const file = join(scratch, 'optimizer.safetensors');
    const values = () => Float32Array.of(1, 2, 3);
    const tensors = new Map([['optimizer.state.0.exp_avg', { dtype: 'F32', shape: [3], values } as const]]);
    await writeSafetensors(file, tensors, { metadata: { note: '{not json' } });
    expect(await inspectCheckpoint({ file })).toEqual({
      ...{ path: file, container: 'safetensors', kind: 'tensors', values: 3, bytes: 12 },
      contents: { note: '{not json' },
      tensors: [{ name: 'optimizer.state.0.exp_avg', dtype: 'F32', shape: [3] }],
      refusal: expect.stringMatching(
        /optimizer.safetensors: must hold the weights of a ViT .*, got an optimizer's state alone/,
      ),
    });
    await expect(inspectCheckpoint({ file, family: 'dino' })).rejects.toThrow("an optimizer's state alone");
    await expect(inspectCheckpoint({ file: join(fixtures, 'hf-vit'), family: 'dino' })).rejects.toThrow(
      /must be of the family dino, got names of the library transformers/,
    );
  });
});
