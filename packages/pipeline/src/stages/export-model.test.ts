import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { createRng, imageNetStatistics } from '@semmae/core';
import { assignTimmWeights, ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAllTensors } from '../__fixtures__/read-all-tensors';

import { provenance, tinyModel } from '../__fixtures__/tiny';
import { selectBackend } from '../backends/select-backend';
import { layersFiles } from '../export-formats/layers-folder';
import { type EncoderModel, saveEncoder } from '../models/encoder-file';
import { loadEncoder } from '../models/load-model';
import { exportFormatNames, exportModel } from './export-model';

let scratch: string;
let tensors: number;
beforeAll(async () => {
  await selectBackend('cpu');
});
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-export-'));
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  rmSync(scratch, { recursive: true });
  expect(tf.memory().numTensors).toBe(tensors);
});

/** Away from the zeros and ones of a new encoder. */
function disturbed(config: Partial<ViTEncoderConfig> = {}): EncoderModel {
  const model = tinyModel({ seed: 3, ...config });
  const rng = createRng(11);
  for (const variable of model.encoder.namedVariables().values()) {
    tf.tidy(() => {
      const noise = tf.tensor(
        Float32Array.from({ length: variable.size }, () => 0.3 * rng.normal()),
        variable.shape,
      );
      variable.assign(tf.add(variable, noise));
    });
  }
  return model;
}

const options = {
  'sin-cos positions': {},
  'learned positions, mask token, depth 1': { positions: 'learned', maskToken: true, depth: 1, mlpRatio: 2 },
  'overlapping patches and interpolated positions': { patchStride: 2, positionGrid: { rows: 3, columns: 2 } },
  'recomputed positions': { positionInterpolation: 'recompute' },
  'registers behind a class token with a position, LayerScale, patches of 4 x 2': {
    ...{ registers: 2, layerScale: 0.5, patchSize: { height: 4, width: 2 }, positionInterpolation: 'antialias' },
  },
  'no class token, SwiGLU, pooled norm': { classToken: false, mlp: 'swiglu', finalNorm: 'pooled', qkvBias: false },
  'distillation token, norm before': { distillationToken: true, preNorm: true, patchBias: false, normEpsilon: 1e-3 },
} satisfies Record<string, Partial<ViTEncoderConfig>>;

/** What the classes of transformers have not. */
const foreign: Partial<Record<keyof typeof options, RegExp>> = {
  'overlapping patches and interpolated positions': /got overlapping patches/,
  'registers behind a class token with a position, LayerScale, patches of 4 x 2': /got images that are no squares/,
  'no class token, SwiGLU, pooled norm': /got no class token/,
  'distillation token, norm before': /got a norm before the blocks/,
};

describe.each(exportFormatNames)('exportModel to %s', (format) => {
  it.each(Object.entries(options))('writes what computes the same: %s', async (name, config) => {
    const model = disturbed(config);
    const out = join(scratch, 'exported');
    const refusal = format === 'huggingface' ? foreign[name as keyof typeof options] : undefined;
    if (refusal !== undefined) {
      await expect(exportModel({ model, format, out })).rejects.toThrow(refusal);
      expect(readdirSync(scratch)).toEqual([]);
      model.encoder.dispose();
      return;
    }
    for (const imageSize of [undefined, { height: 12, width: 44 }]) {
      const { path, largestDifference } = await exportModel({
        model,
        format,
        out: `${out}${imageSize?.width}`,
        imageSize,
      });
      expect(path).toBe(`${out}${imageSize?.width}`);
      expect(largestDifference).toBeLessThan(1e-5); // float32 through two blocks
    }
    model.encoder.dispose();
  });

  it('writes nothing that is wrong, and nothing over other files', async () => {
    const model = disturbed();
    const out = join(scratch, 'deep/exported');
    await exportModel({ model, format, out });
    await exportModel({ model, format, out }); // the same
    expect(readdirSync(join(scratch, 'deep'))).toEqual(['exported']);
    const other = disturbed({ depth: 1 });
    await expect(exportModel({ model: other, format, out })).rejects.toThrow(
      `exportModel: ${out} must not be there yet, or be this very export, got something else; remove it, or choose another --out`,
    );
    await exportModel({ model, format, out }); // still the same
    const norm = model.encoder.namedVariables().get('norm.beta')!;
    tf.tidy(() => norm.assign(tf.fill(norm.shape, Number.NaN)));
    await expect(exportModel({ model, format, out: join(scratch, 'spoiled') })).rejects.toThrow(/finite/);
    const size = { height: 13, width: 28 };
    await expect(exportModel({ model, format, out: join(scratch, 'spoiled'), imageSize: size })).rejects.toThrow(/13/);
    await expect(
      exportModel({ model: other, format, out: join(scratch, 'spoiled'), signal: AbortSignal.abort() }),
    ).rejects.toThrow('interrupted');
    expect(readdirSync(scratch)).toEqual(['deep']);
    other.encoder.dispose();
    model.encoder.dispose();
  });
});

describe('exportModel', () => {
  it('names what other programs need to know in ONNX', async () => {
    const model = disturbed();
    const out = join(scratch, 'model.onnx');
    await exportModel({ model, format: 'onnx', out });
    const session = await InferenceSession.create(out);
    expect([session.inputNames, session.outputNames]).toEqual([
      ['pixel_values'],
      ['class_token', 'mean_token', 'patch_tokens'],
    ]);
    const pixels = new Tensor('float32', new Float32Array(7 * 3 * 20 * 28), [7, 3, 20, 28]);
    const { class_token, patch_tokens, mean_token } = await session.run({ pixel_values: pixels });
    expect([class_token, patch_tokens, mean_token].map((output) => output!.dims)).toEqual([
      [7, 12],
      [7, 35, 12],
      [7, 12],
    ]);
    await session.release();
    const text = readFileSync(out, 'latin1');
    expect(text).toContain(model.hash);
    expect(text).toContain(JSON.stringify(imageNetStatistics.mean));
    model.encoder.dispose();
  });

  it('is a model that tfjs-layers loads', async () => {
    const model = disturbed();
    const out = join(scratch, 'layers');
    await exportModel({ model, format: 'tfjs', out });
    const loaded = await loadLayersModel(layersFiles(out));
    expect(loaded.getUserDefinedMetadata()).toMatchObject({ hash: model.hash });
    expect(loaded.outputs[0]!.shape).toEqual([null, 36, 12]);
    loaded.dispose();
    await expect(loadLayersModel(layersFiles(scratch))).rejects.toThrow(/must be the folder of a tfjs-layers model/);
    model.encoder.dispose();
  });

  it("is timm's state dict, number by number", async () => {
    const path = new URL('../__fixtures__/timm-vit.safetensors', import.meta.url).pathname;
    const fixture = await readAllTensors(path);
    const { images, tokens, ...weights } = Object.fromEntries(fixture.tensors);
    const sizes = { imageHeight: 12, imageWidth: 20, patchSize: 4, width: 12, depth: 2, heads: 3, mlpRatio: 2 };
    const encoder = new ViTEncoder({ ...sizes, positions: 'learned' });
    const own = Object.entries(weights).map(([name, { shape, values }]) => {
      return [name, { shape, read: async () => values as Float32Array }] as const;
    });
    await assignTimmWeights(encoder, new Map(own));
    tf.tidy(() => {
      const pixels = tf.tensor(images!.values as Float32Array, [2, 3, 12, 20]);
      const got = (encoder.apply(tf.transpose(pixels, [0, 2, 3, 1])) as tf.Tensor).dataSync();
      got.forEach((value, index) => {
        expect(Math.abs(value - Number(tokens!.values[index]!))).toBeLessThan(1e-4); // float32 through two blocks
      });
    });
    const out = join(scratch, 'model.safetensors');
    const model = { encoder, id: 'timm', hash: 'of timm', provenance };
    await exportModel({ model, format: 'safetensors', out });
    const written = await readAllTensors(out);
    expect(Object.fromEntries(written.tensors)).toEqual(weights);
    expect(JSON.parse(written.metadata.timm!)).toEqual({
      ...{ img_size: [12, 20], patch_size: 4, in_chans: 3, embed_dim: 12, depth: 2, num_heads: 3, mlp_ratio: 2 },
      num_classes: 0,
    });
    const again = await loadEncoder(out); // weights of any timm model come back
    expect(again).toMatchObject({ id: `${basename(scratch)} (timm)`, origin: { family: 'timm' } });
    tf.tidy(() => {
      const [a, b] = [encoder, again.encoder].map((one) => one.encode(tf.ones([1, 12, 20, 3])).patchTokens.dataSync());
      expect(b).toEqual(a);
    });
    again.encoder.dispose();
    encoder.dispose();
  });

  it('takes a file, and says what is wrong with it or with the format', async () => {
    const { encoder } = disturbed();
    const [file, out] = [join(scratch, 'encoder.safetensors'), join(scratch, 'out.safetensors')];
    await saveEncoder(file, encoder, provenance);
    expect(await exportModel({ model: file, format: 'safetensors', out })).toEqual({ path: out, largestDifference: 0 });
    writeFileSync(join(scratch, 'empty'), '');
    await expect(exportModel({ model: join(scratch, 'empty'), format: 'onnx', out })).rejects.toThrow(/must be/);
    rmSync(join(scratch, 'empty'));
    const format = 'keras' as 'tfjs';
    await expect(exportModel({ model: file, format, out: join(scratch, 'x') })).rejects.toThrow(
      'exportModel: `format` must be one of onnx, safetensors, huggingface, tfjs, got keras',
    );
    expect(readdirSync(scratch).sort()).toEqual(['encoder.safetensors', 'out.safetensors']);
    encoder.dispose();
  });
});
