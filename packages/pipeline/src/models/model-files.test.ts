import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSafetensors, type TensorToWrite, writeSafetensors } from '@semmae/checkpoints';
import { MAEDecoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { provenance, tinyEncoder } from '../__fixtures__/tiny';
import { featureGeometry } from '../features/feature-geometry';
import { saveEncoder, saveModel, type TrainedModel } from './encoder-file';
import { describeEncoder, loadEncoder, loadModel } from './load-model';
import { assertEncoderOf, createLearner, describeParts, loadParts, type PartsConfig, saveParts } from './parts-file';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The tensors and metadata of a file, changed and written with a right checksum: so that what is wrong is found, not only that something is. */
async function rewrite(
  from: string,
  to: string,
  change: (tensors: Map<string, TensorToWrite>, metadata: Record<string, string>) => void,
): Promise<void> {
  const file = await openSafetensors(from);
  const tensors = new Map<string, TensorToWrite>();
  for (const [name, { dtype, shape }] of file.entries) {
    const values = (await file.read(name)) as Float32Array;
    tensors.set(name, { dtype, shape, values: () => values });
  }
  const metadata = { ...file.metadata };
  file.close();
  change(tensors, metadata);
  await writeSafetensors(to, tensors, { metadata, checksum: true });
}

function changeConfig(
  metadata: Record<string, string>,
  change: (config: { encoder: Record<string, unknown> }) => void,
) {
  const config = JSON.parse(metadata.config!);
  change(config);
  metadata.config = JSON.stringify(config);
}

const images = () => tf.randomNormal<tf.Rank.R4>([2, 20, 28, 3], 0, 1, 'float32', 3);

describe('model files', () => {
  it('give back the encoder, its origin and its hash, from the file or its folder', async () => {
    const path = join(folder, 'run', 'model.safetensors');
    const encoder = tinyEncoder({ positions: 'learned', seed: 7 });
    const before = tf.memory().numTensors;
    const saved = await saveEncoder(path, encoder, provenance);
    expect(tf.memory().numTensors).toBe(before);
    const loaded = await loadEncoder(join(folder, 'run'));
    expect(loaded.hash).toBe(saved.hash);
    expect(loaded.hash).toMatch(/^[0-9a-f]{64}$/);
    expect([loaded.id, loaded.provenance]).toEqual(['none on nothing, seed 3', provenance]);
    const { encoder: config, ...others } = (await loadModel(path)).config;
    expect([await describeEncoder(path), others]).toEqual([
      { config, id: loaded.id, hash: saved.hash, preprocessing: saved.preprocessing, provenance },
      {},
    ]);
    const [a, b] = [encoder, loaded.encoder].map((model) => model.encode(images()).patchTokens.dataSync());
    expect(b).toEqual(a);
    loaded.encoder.dispose();
  });

  it('keep every kind of encoder and decoder', async () => {
    const path = join(folder, 'kinds.safetensors');
    for (const config of [
      { registers: 2, classPosition: false, layerScale: 1e-5, patchSize: { height: 4, width: 2 }, hiddenWidth: 17 },
      { classToken: false, mlp: 'swiglu', finalNorm: 'pooled', qkvBias: false, positionInterpolation: 'antialias' },
      { distillationToken: true, preNorm: true, patchBias: false, normEpsilon: 1e-12 },
    ] as const) {
      const encoder = tinyEncoder(config);
      const { grid, patchSize, prefix } = encoder;
      const size = { encoderWidth: 12, width: 8, depth: 1, heads: 2, hiddenWidth: 11, normEpsilon: 1e-12 };
      const decoder = new MAEDecoder({ grid, patchSize, prefixTokens: prefix.count, ...size });
      const { hash } = await saveModel(path, { encoder, decoder });
      const loaded = await loadModel(path);
      expect(loaded.hash).toBe(hash);
      expect((await saveModel(path, loaded)).hash).toBe(hash);
      const [a, b] = [encoder, loaded.encoder].map((model) => model.encode(images()).pooled.dataSync());
      expect(b).toEqual(a);
      expect(loaded.decoder!.getConfig()).toEqual({ ...decoder.getConfig() });
      for (const layer of [encoder, decoder, loaded.encoder, loaded.decoder!]) layer.dispose();
    }
  });

  it('need no origin, and have a hash of what the encoder computes', async () => {
    const path = join(folder, 'plain.safetensors');
    const { hash, id } = await saveEncoder(path, tinyEncoder({ seed: 7 }), provenance);
    expect(id).toBe('none on nothing, seed 3');
    const plain = await saveEncoder(path, tinyEncoder({ seed: 7 }));
    expect(plain).toMatchObject({ hash, id: `encoder ${hash.slice(0, 12)}`, provenance: undefined });
    expect(await describeEncoder(path)).toMatchObject({ hash, id: plain.id });
    const { encoder } = await loadEncoder(path);
    expect((await saveEncoder(path, encoder)).hash).toBe(hash); // after a round trip as well
    for (const config of [{ seed: 8 }, { heads: 2 }, { patchStride: 2 }, { maskToken: true }]) {
      expect((await saveEncoder(path, tinyEncoder({ seed: 7, ...config }))).hash).not.toBe(hash);
    }
  });

  it('keep a decoder, which draws as before and changes nothing for those who want the encoder', async () => {
    const path = join(folder, 'autoencoder.safetensors');
    const encoder = tinyEncoder({ seed: 5 });
    const sizes = { grid: encoder.grid, patchSize: 4, encoderWidth: 12, width: 8, depth: 1, heads: 2 };
    const decoder = new MAEDecoder({ ...sizes, seed: 6 });
    decoder.variables();
    const saved = await saveModel(path, { encoder, decoder, provenance });
    expect(saved.hash).toBe((await saveEncoder(join(folder, 'alone.safetensors'), encoder)).hash);
    const before = tf.memory().numTensors;
    const loaded = await loadModel(path);
    expect(loaded.config.decoder).toMatchObject({ width: 8, depth: 1, heads: 2, grid: { rows: 5, columns: 7 } });
    const draw = (model: Pick<TrainedModel, 'encoder' | 'decoder'>) =>
      tf.tidy(() => {
        const visible = tf.tensor2d(
          [
            [0, 3, 34],
            [2, 1, 8],
          ],
          undefined,
          'int32',
        );
        const masked = tf.tensor2d(
          [
            [5, 33],
            [4, 30],
          ],
          undefined,
          'int32',
        );
        const tokens = model.encoder.apply([images(), visible]) as tf.Tensor;
        return (model.decoder!.apply([tokens, visible, masked]) as tf.Tensor).dataSync();
      });
    expect(draw(loaded)).toEqual(draw({ encoder, decoder }));
    loaded.decoder!.dispose();
    loaded.encoder.dispose();
    const { hash, encoder: alone } = await loadEncoder(path);
    alone.dispose();
    expect([hash, tf.memory().numTensors]).toEqual([saved.hash, before]);
    await rewrite(path, path, (all) => all.delete('decoder.mask_token'));
    await expect(loadModel(path)).rejects.toThrow(
      'mask_token must be F32 [1, 1, 8] as in this model, got no such weight',
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are refused in one line where they are not exactly a model', async () => {
    const path = join(folder, 'strict.safetensors');
    await saveEncoder(path, tinyEncoder(), provenance);
    const bytes = readFileSync(path);
    const broken = join(folder, 'broken.safetensors');
    const edited = (from: string, to: string) =>
      writeFileSync(broken, bytes.toString('latin1').replace(from, to), 'latin1');
    const withConfig = (change: (encoder: Record<string, unknown>) => void) =>
      rewrite(path, broken, (_, metadata) => changeConfig(metadata, ({ encoder }) => change(encoder)));
    const failures: [RegExp, () => unknown][] = [
      [
        /cls_token must be F32 \[1, 1, 12\] as in this model, got no/,
        () => rewrite(path, broken, (all) => all.delete('cls_token')),
      ],
      [
        /every weight must exist in this model, got more/,
        () => rewrite(path, broken, (all) => all.set('more', all.get('cls_token')!)),
      ],
      [
        /cls_token must be F32 \[1, 1, 12\] as in this model, got F32 \[12\]/,
        () => rewrite(path, broken, (all) => all.set('cls_token', { ...all.get('cls_token')!, shape: [12] })),
      ],
      [/must hold the bytes that were written/, () => edited('\\"heads\\":3', '\\"heads\\":2')],
      [/must hold the bytes that were written/, () => edited('\\"patchStride\\":4', '\\"patchStride\\":2')],
      [/must hold the bytes that were written/, () => writeFileSync(broken, flipped(bytes))],
      [
        /its config\.encoder\.heads must be sound, got Invalid input/,
        () => withConfig((encoder) => (encoder.heads = '3')),
      ],
      [/its config\.encoder\.width must be sound, got Too big/, () => withConfig((encoder) => (encoder.width = 1e9))],
      [
        /its config\.encoder\.positionGrid\.rows must be sound/,
        () => withConfig((encoder) => (encoder.positionGrid = { columns: 7 })),
      ],
      [
        /configuration must be known: rotary is 4, got nothing here/,
        () => withConfig((encoder) => (encoder.rotary = 4)),
      ],
      [
        /configuration must make a model, got ViTEncoder: width must be a multiple of heads/,
        () => withConfig((encoder) => (encoder.heads = 5)),
      ],
      [/its config must be JSON/, () => rewrite(path, broken, (_, metadata) => (metadata.config = '{'))],
      [/its config must be sound/, () => rewrite(path, broken, (_, metadata) => (metadata.config = 'null'))],
      [
        /its provenance\.recipe must be sound/,
        () => rewrite(path, broken, (_, metadata) => (metadata.provenance = '{}')),
      ],
      [/must have \d+ bytes, got \d+; it is truncated/, () => writeFileSync(broken, bytes.subarray(0, -3))],
      [/must be a file of tensors: [^\n]*, got 29 bytes/, () => writeFileSync(broken, 'a text, and no weights at all')],
      [
        /kind semmae-model\/1, got semmae-parts\/1$/,
        () => writeSafetensors(broken, new Map(), { metadata: { format: 'semmae-parts/1' } }),
      ],
      [/must be a readable file, got ENOENT/, () => rmSync(broken)],
      [/must have one of model\.safetensors, [^\n]*got a folder with none of them/, () => mkdirSync(broken)],
    ];
    const before = tf.memory().numTensors;
    for (const [message, spoil] of failures) {
      await spoil();
      await expect(loadEncoder(broken)).rejects.toThrow(message);
      await expect(loadEncoder(broken)).rejects.toThrow(/^[^\n]+$/);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ask for a backend where there is none', async () => {
    const path = join(folder, 'waiting.safetensors');
    await saveEncoder(path, tinyEncoder());
    const ready = vi.spyOn(tf.engine(), 'ready').mockRejectedValue(new Error('No backend found in registry.'));
    await expect(loadEncoder(path)).rejects.toThrow(
      /waiting\.safetensors: a backend must be there for its weights, got none; call selectBackend\('cpu'\)/,
    );
    ready.mockRestore();
  });

  it.runIf(process.platform === 'linux')('say in one line that they cannot be written', async () => {
    const path = join(folder, 'full.safetensors');
    symlinkSync('/dev/full', `${path}.draft`);
    await expect(saveEncoder(path, tinyEncoder())).rejects.toThrow(
      /full\.safetensors must be writable, got ENOSPC[^\n]*free/,
    );
    await expect(saveEncoder('/proc/none/x', tinyEncoder())).rejects.toThrow(
      /must be a folder that can be written, got ENOENT/,
    );
  });
});

describe('parts files', () => {
  const config: PartsConfig = {
    encoder: { id: 'tiny', hash: 'ab' },
    geometry: featureGeometry({ encoder: tinyEncoder() }),
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
    await expect(loadParts(path)).rejects.toThrow(/token_deviation must be F32 \[12\], .*, got F32 \[11\]; /);
    await saveParts(path, learner, { config: prepared, provenance: origin });
    await expect(loadParts(path)).rejects.toThrow(/token_mean must be F32 \[12\], .*, got no such tensor; /);
    await saveParts(path, learner, { config: { ...config, learner: settings }, provenance: origin, scaling });
    await expect(loadParts(path)).rejects.toThrow(/every weight must exist in this model, got token_mean/);
    expect(tf.memory().numTensors).toBe(before);
    learner.dispose();
  });

  it('have a hash of configuration and weights, and are refused where they are damaged or foreign', async () => {
    const path = join(folder, 'parts.safetensors');
    const learner = createLearner(config);
    const { hash } = await saveParts(path, learner, { config, provenance: origin });
    expect((await saveParts(path, learner, { config, provenance: { ...origin, steps: 3 } })).hash).toBe(hash);
    expect((await saveParts(path, learner, { config: { ...config, tokens: 'output' } })).hash).not.toBe(hash);
    writeFileSync(path, flipped(readFileSync(path)));
    await expect(loadParts(path)).rejects.toThrow('must hold the bytes that were written, got another checksum');
    await saveParts(path, learner, { config });
    await rewrite(path, path, (_, metadata) =>
      changeConfig(metadata, (stored) => Object.assign(stored, { tokens: 'q' })),
    );
    await expect(describeParts(path)).rejects.toThrow(/its config\.tokens must be sound, got Invalid option/);
    await saveEncoder(join(folder, 'model.safetensors'), tinyEncoder(), provenance);
    await expect(loadParts(join(folder, 'model.safetensors'))).rejects.toThrow(
      'must be a file of the kind semmae-parts/1, got semmae-model/1',
    );
    learner.dispose();
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 2]! ^= 1;
  return copy;
}
