import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import '@tensorflow/tfjs-backend-cpu';
import { writeSafetensors } from '@semmae/checkpoints';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { addCheckpointCommands } from './checkpoint-commands';

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-checkpoint-'));
  for (const [name, value] of [
    ['a', 1],
    ['b', 1.25],
  ] as const) {
    const values = () => Float32Array.of(value, 2);
    await writeSafetensors(join(scratch, name), new Map([['x', { dtype: 'F32', shape: [2], values }]]));
  }
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a line prints, and the code that it ends with. Words may begin with @, the scratch folder. */
async function run(line: string): Promise<{ printed: string; code: typeof process.exitCode }> {
  const words = line.split(' ').map((word) => word.replace(/^@/, `${scratch}/`));
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => printed.push(text));
  const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = new Command().exitOverride();
    const nothing = () => {};
    const startBackend = async () => ({ description: 'none', compile: <T>(step: T) => step }) as never;
    const signal = new AbortController().signal;
    addCheckpointCommands(program, {
      ...{ signal, onProgress: nothing, onWarning: nothing, endProgress: nothing, startBackend },
    });
    await program.parseAsync(['node', 'semmae', ...words]);
    return { printed: printed.join('\n'), code: process.exitCode };
  } finally {
    process.exitCode = before;
    log.mockRestore();
    silent.mockRestore();
  }
}

describe('semmae checkpoint inspect', () => {
  const model = join(import.meta.dirname, '../../../checkpoints/fixtures/families/hf-vit-mae');

  it('prints a table or JSON', async () => {
    expect((await run(`checkpoint inspect ${model}`)).printed).toMatch(/^family {7}hf-vit-mae: /m);
    expect(JSON.parse((await run(`checkpoint inspect ${model} --json`)).printed)).toMatchObject({
      ...{ path: model, kind: 'public model', model: { family: 'hf-vit-mae' } },
    });
    expect((await run('checkpoint inspect @a')).printed).toMatch(/^no model {5}must hold the weights of a ViT/m);
  });

  it('takes what a person knows about the weights', async () => {
    const { printed } = await run(`checkpoint inspect ${model} --heads 4 --allow-missing x --json`);
    expect(JSON.parse(printed)).toMatchObject({ model: { encoder: { heads: 4 } } });
    await expect(run(`checkpoint inspect ${model} --family mea`)).rejects.toThrow(/^`family`: must be one of mae, /);
  });
});

describe('semmae checkpoint convert', () => {
  it('writes a model file, and no second one over it', async () => {
    const line = `checkpoint convert ${join(import.meta.dirname, '../../../checkpoints/fixtures/families/hf-vit')} --out @vit`;
    const { printed } = await run(line);
    expect(printed).toMatch(/^\S+vit\nhf-vit \(hf-vit\), hash [0-9a-f]{64}$/);
    expect((await run('checkpoint inspect @vit')).printed).toMatch(
      /^holds {8}a model, semmae-model\/1 \(safetensors, /m,
    );
    await expect(run(line)).rejects.toThrow(/^`out`: \S+ must not be there yet/);
  });
});

describe('semmae checkpoint diff', () => {
  it('ends with 0 where nothing differs, with 1 where something does', async () => {
    expect(await run('checkpoint diff @a @a')).toEqual({ printed: '1 tensor equal', code: undefined });
    expect((await run('checkpoint diff @a @b --tolerance 0.25')).code).toBeUndefined();
    const { printed, code } = await run('checkpoint diff @a @b --tolerance 0.2');
    expect(code).toBe(1);
    expect(printed).toMatch(/^~ x {7}\[2\] {5}2\.5e-1 {4}1\.3e-1$/m);
  });

  it('prints JSON', async () => {
    const { printed, code } = await run('checkpoint diff @a @b --json');
    expect(code).toBe(1);
    expect(JSON.parse(printed)).toMatchObject({ equal: false, tolerance: 0, tensors: [{ name: 'x', absolute: 0.25 }] });
  });

  it('wants two files', async () => {
    await expect(run('checkpoint diff @a')).rejects.toThrow("missing required argument 'b'");
    await expect(run('checkpoint diff @a @none')).rejects.toThrow(/none: must be a readable file/);
  });
});
