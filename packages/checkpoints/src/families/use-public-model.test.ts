import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { usePublicModel } from './use-public-model';

const folder = mkdtempSync(join(tmpdir(), 'public-model-'));
cpSync(fileURLToPath(new URL('../../fixtures/families/hf-vit', import.meta.url)), folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true }));

describe('usePublicModel', () => {
  it('takes the configurations beside a file, or in a folder, into account', async () => {
    for (const path of [folder, join(folder, 'model.safetensors')]) {
      const { encoder, preprocessing } = await usePublicModel(path, {}, (model) => model);
      expect(encoder.heads).toBe(3);
      expect(preprocessing.standardDeviation).toEqual([0.25, 0.25, 0.25]);
    }
  });

  it('prefers those that are given', async () => {
    const preprocessor = { size: 20, image_mean: [0.1, 0.2, 0.3] };
    const { preprocessing } = await usePublicModel(folder, { preprocessor }, (model) => model);
    expect(preprocessing).toMatchObject({ mean: [0.1, 0.2, 0.3], imageSize: { height: 20, width: 20 } });
  });

  it('closes the file when it is done', async () => {
    const weight = await usePublicModel(folder, {}, ({ weights }) => weights.get('norm.weight')!);
    await expect(weight.read()).rejects.toThrow();
  });

  it('says which configuration is no JSON', async () => {
    writeFileSync(join(folder, 'config.json'), '{');
    await expect(usePublicModel(folder, {}, () => {})).rejects.toThrow(/config\.json: must be JSON, got .*[^\n]$/);
  });
});
