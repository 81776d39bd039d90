// Files that PyTorch, NumPy, safetensors and huggingface_hub wrote (fixtures/containers.py), compared with what these had in memory.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { openTensorFile } from './open-tensor-file';

type Described = Record<string, [dtype: string, shape: number[], values: (number | string)[]]>;

const folder = fileURLToPath(new URL('../fixtures/', import.meta.url));
const { tensors } = JSON.parse(readFileSync(`${folder}containers.json`, 'utf8')) as {
  tensors: Record<string, Described | string>;
};

async function describedBy(path: string): Promise<Described> {
  const file = await openTensorFile(path);
  const found: Described = {};
  for (const [name, { dtype, shape }] of file.entries) {
    const values: (number | bigint)[] = [...(await file.read(name))];
    found[name] = [dtype, [...shape], values.map(asGenerated)];
  }
  file.close();
  return found;
}

/** Text for what JSON has no number for: integers beyond 2^53, infinities. */
function asGenerated(value: number | bigint): number | string {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

describe('openTensorFile', () => {
  it.each(Object.keys(tensors))('reads every tensor of %s to the bit', async (name) => {
    const described = tensors[name]!;
    const expected = typeof described === 'string' ? (tensors[described] as Described) : described;
    expect(await describedBy(`${folder}containers/${name}`)).toEqual(expected);
  });

  it.each(['zip.pth', 'legacy.pth', 'zip-4.pth', 'legacy-5.pth'])(
    'gives as plain JSON what else is in %s',
    async (name) => {
      const file = await openTensorFile(`${folder}containers/${name}`);
      file.close();
      expect(file.container).toBe('pytorch');
      expect(file.extras).toMatchObject({
        args: {
          ...{ class: 'argparse.Namespace', arch: 'vit_small', lr: 0.1, betas: [0.9, 0.999], resume: null, amp: true },
          dtype: { global: 'torch.float16' },
        },
        ...{ epoch: 29, seed: 2 ** 40, best: 0.8125, flag: true, unicode: 'Zürich', large: String(2n ** 70n) },
        optimizer: {
          param_groups: [
            { lr: 0.25, params: [0, 1] },
            { lr: 0.5, params: [2] },
          ],
        },
        list: [{ tensor: 'list.0' }, 'text', { tensor: 'list.2' }],
        generator: ['MT19937', { tensor: 'generator.1' }, expect.any(Number), 0, 0],
        complex: { class: 'torch.Tensor', type: 'torch.ComplexFloatStorage', shape: [2, 3] },
        'eight bits': { class: 'torch.Tensor', type: 'torch.float8_e4m3fn', shape: [2] },
        classes: { 3: 'cat', '(1, a)': { class: 'torch.device', args: ['cpu'] } },
      });
      expect(Object.keys(file.extras)).not.toContain('model');
      expect(JSON.parse(JSON.stringify(file.extras))).toEqual(file.extras);
    },
  );

  it('lists what an .npz has besides numbers', async () => {
    const file = await openTensorFile(`${folder}containers/arrays.npz`);
    file.close();
    expect([file.container, file.extras]).toEqual([
      'npz',
      { text: { class: 'numpy.ndarray', type: '<U2', shape: [2] } },
    ]);
  });

  it('has what the index of shards says of them', async () => {
    const file = await openTensorFile(`${folder}containers/sharded`);
    file.close();
    expect([file.container, file.metadata, file.extras]).toEqual([
      'safetensors',
      { format: 'pt' },
      { total_size: 240 },
    ]);
  });
});
