import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readSafetensors, writeSafetensors } from '@semmae/checkpoints';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { provenance, tinyEncoder } from '../__fixtures__/tiny';
import { featureGeometry } from '../features/feature-geometry';
import { describeEncoder, loadEncoder, saveEncoder } from './encoder-file';
import { assertEncoderOf, createLearner, loadParts, type PartsConfig, saveParts } from './parts-file';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('encoder files', () => {
  it('give back the encoder, its origin and its hash', async () => {
    const path = join(folder, 'encoder.safetensors');
    const encoder = tinyEncoder({ positions: 'learned', seed: 7 });
    const before = tf.memory().numTensors;
    const saved = await saveEncoder(path, encoder, provenance);
    expect(tf.memory().numTensors).toBe(before);
    const loaded = await loadEncoder(path);
    expect(loaded.hash).toBe(saved.hash);
    expect(loaded.hash).toMatch(/^[0-9a-f]{64}$/);
    expect([loaded.id, loaded.provenance]).toEqual(['none on nothing, seed 3', provenance]);
    expect((await describeEncoder(path)).hash).toBe(saved.hash);
    const images = tf.randomNormal<tf.Rank.R4>([2, 20, 28, 3]);
    const [a, b] = [encoder, loaded.encoder].map((model) => model.encode(images).patchTokens.dataSync());
    expect(b).toEqual(a);
    loaded.encoder.dispose();
    const other = tinyEncoder({ positions: 'learned', seed: 8 });
    expect((await saveEncoder(join(folder, 'other.safetensors'), other, provenance)).hash).not.toBe(saved.hash);
  });

  it('refuse what is not exactly an encoder, in one line', async () => {
    const path = join(folder, 'strict.safetensors');
    await saveEncoder(path, tinyEncoder(), provenance);
    const whole = await readSafetensors(path);
    const bytes = readFileSync(path);
    const broken = join(folder, 'broken.safetensors');
    const rewrite = async (
      change: (tensors: Map<string, { shape: readonly number[]; values: Float32Array }>) => void,
    ) => {
      const tensors = new Map(whole.tensors) as Map<string, { shape: readonly number[]; values: Float32Array }>;
      change(tensors);
      // with the right hash, so that what is wrong is found and not only that something is
      const { tensorHash } = await import('@semmae/checkpoints');
      await writeSafetensors(broken, { tensors, metadata: { ...whole.metadata, sha256: tensorHash(tensors) } });
    };
    const failures: [RegExp, () => unknown][] = [
      [/cls_token must be float32 \[1, 1, 12\], got no such weight/, () => rewrite((all) => all.delete('cls_token'))],
      [
        /every weight must belong to the model, got more/,
        () => rewrite((all) => all.set('more', all.get('cls_token')!)),
      ],
      [
        /cls_token must be float32 \[1, 1, 12\], got Float32Array \[12\]/,
        () => rewrite((all) => all.set('cls_token', { shape: [12], values: all.get('cls_token')!.values })),
      ],
      [/must have \d+ bytes, got \d+; it is truncated/, () => writeFileSync(broken, bytes.subarray(0, -3))],
      [/must be in safetensors format/, () => writeFileSync(broken, 'a text, and no weights at all')],
      [/must hold the weights that were written/, () => writeFileSync(broken, flipped(bytes))],
      [/must be readable, got ENOENT/, () => rmSync(broken)],
    ];
    for (const [message, spoil] of failures) {
      await spoil();
      await expect(loadEncoder(broken)).rejects.toThrow(message);
      await expect(loadEncoder(broken)).rejects.toThrow(/^[^\n]+$/);
    }
  });
});

describe('parts files', () => {
  const config: PartsConfig = {
    encoder: { id: 'tiny', hash: 'ab' },
    geometry: featureGeometry(tinyEncoder()),
    tokens: 'qk',
    classTokenSource: 'mean',
    learner: { channels: 12, partCount: 3, seed: 2, decoder: { preset: 'tiny', upStages: 1 }, learnTemperature: true },
  };
  const origin = { data: 'none', imageCount: 0, steps: 0, batchSize: 1 };

  it('give back learner and configuration', async () => {
    const path = join(folder, 'parts.safetensors');
    const learner = createLearner(config);
    const saved = await saveParts(path, learner, { config, provenance: origin });
    const loaded = await loadParts(path);
    expect([loaded.hash, loaded.config, loaded.provenance]).toEqual([saved.hash, config, origin]);
    const tokens = [tf.randomNormal([2, 12]), tf.randomNormal([2, 35, 12])] as [tf.Tensor2D, tf.Tensor3D];
    expect(loaded.learner.attend(...tokens).dataSync()).toEqual(learner.attend(...tokens).dataSync());
    expect(() => assertEncoderOf(loaded, { id: 'big', hash: 'cd' })).toThrow(
      '`parts`: the parts were learned with the encoder ab (tiny), got cd (big); pass that encoder',
    );
    loaded.learner.dispose();
    learner.dispose();
  });

  it('keep the scaling of the tokens', async () => {
    const path = join(folder, 'standardized.safetensors');
    const settings = { ...config.learner, channels: 18 };
    const places = { placeWeight: 0.3, placeFrame: 'object' } as const;
    const prepared: PartsConfig = { ...config, standardize: true, ...places, learner: settings };
    const learner = createLearner(prepared);
    const mean = Float32Array.from({ length: 12 }, (_, channel) => Math.sin(channel));
    const scaling = { mean, deviation: mean.map((value) => 2 + value) };
    const before = tf.memory().numTensors;
    const saved = await saveParts(path, learner, { config: prepared, provenance: origin, scaling });
    expect(tf.memory().numTensors).toBe(before);
    const loaded = await loadParts(path);
    expect([loaded.scaling, loaded.hash, loaded.config]).toEqual([scaling, saved.hash, prepared]);
    loaded.learner.dispose();
    const short = { ...scaling, deviation: mean.subarray(1) };
    await saveParts(path, learner, { config: prepared, provenance: origin, scaling: short });
    await expect(loadParts(path)).rejects.toThrow(
      /token_deviation must be float32 \[12\], .*, got Float32Array \[11\]; /,
    );
    await saveParts(path, learner, { config: prepared, provenance: origin });
    await expect(loadParts(path)).rejects.toThrow(/token_mean must be float32 \[12\], .*, got no such tensor; /);
    await saveParts(path, learner, { config: { ...config, learner: settings }, provenance: origin, scaling });
    await expect(loadParts(path)).rejects.toThrow(/every weight must belong to the model, got token_mean/);
    expect(tf.memory().numTensors).toBe(before);
    learner.dispose();
  });

  it('are not encoder files', async () => {
    const path = join(folder, 'encoder.safetensors');
    await saveEncoder(path, tinyEncoder(), provenance);
    await expect(loadParts(path)).rejects.toThrow('the file must be of the kind semmae-parts, got semmae-encoder');
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 2]! ^= 1;
  return copy;
}
