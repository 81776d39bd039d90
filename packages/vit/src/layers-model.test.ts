// Both layers as part of tfjs models: functional graph, summary, training loop, saving and loading.

import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

import { MAEDecoder } from './mae-decoder';
import { ViTEncoder } from './vit-encoder';

const rng = createRng(8);
const images = tf.tensor4d(
  Float32Array.from({ length: 2 * 6 * 10 * 3 }, () => rng.normal()),
  [2, 6, 10, 3],
);
const visible = tf.tensor2d(
  [
    [0, 4, 9, 2],
    [13, 1, 2, 3],
  ],
  [2, 4],
  'int32',
);
const masked = tf.tensor2d(
  [
    [1, 3, 5, 6, 7],
    [0, 4, 5, 7, 9],
  ],
  [2, 5],
  'int32',
);

function createLayers(seed: number) {
  const encoder = new ViTEncoder({
    imageHeight: 6,
    imageWidth: 10,
    patchSize: 2,
    width: 20,
    depth: 2,
    heads: 5,
    mlpRatio: 3,
    seed,
  });
  const decoder = new MAEDecoder({
    grid: encoder.grid,
    patchSize: 2,
    width: 12,
    depth: 1,
    heads: 3,
    mlpRatio: 2,
    seed,
  });
  return { encoder, decoder };
}

/** `indexType` is what the user wrote for the index inputs; float32 is what tfjs-layers assumes. */
function createModel(
  { encoder, decoder }: ReturnType<typeof createLayers>,
  indexType: 'int32' | 'float32' = 'int32',
): LayersModel {
  const inputs = [
    input({ shape: [6, 10, 3] }),
    input({ shape: [4], dtype: indexType }),
    input({ shape: [5], dtype: indexType }),
  ] as const;
  const tokens = encoder.apply([inputs[0], inputs[1]]) as SymbolicTensor;
  return model({ inputs: [...inputs], outputs: decoder.apply([tokens, inputs[1], inputs[2]]) as SymbolicTensor });
}

/** Away from the seed, so that loading cannot pass by creating the same weights again. */
function disturb(trained: LayersModel): void {
  tf.tidy(() => {
    trained.setWeights(trained.getWeights().map((weight) => tf.add(weight, 0.1 * rng.uniform())));
  });
}

async function saveAndLoad(original: LayersModel): Promise<LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await original.save(handler);
  // through text, as a file would
  return loadLayersModel(
    tf.io.fromMemory({ ...saved!, modelTopology: JSON.parse(JSON.stringify(saved!.modelTopology)) }),
  );
}

describe('as layers of a tfjs model', () => {
  it('knows its shapes symbolically and prints a summary', () => {
    const before = tf.memory().numTensors;
    const whole = createModel(createLayers(1));
    expect(whole.outputs[0]!.shape).toEqual([null, 5, 12]);
    const lines: string[] = [];
    whole.summary(undefined, undefined, (line) => lines.push(String(line)));
    expect(lines.find((line) => line.startsWith('encoder (ViTEncoder)'))).toContain('[null,5,20]');
    expect(lines.find((line) => line.startsWith('decoder (MAEDecoder)'))).toContain('[null,5,12]');
    // 1 + 15 fixed positions of 20 and 12 values
    expect(lines).toContain(`Non-trainable params: ${16 * 20 + 16 * 12}`);
    whole.dispose();

    const { encoder } = createLayers(1);
    const pixels = input({ shape: [6, 10, 3] });
    const all = model({ inputs: pixels, outputs: encoder.apply(pixels) as SymbolicTensor });
    expect(all.outputs[0]!.shape).toEqual([null, 16, 20]);
    all.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(['int32', 'float32'] as const)('computes the same inside a model with %s indices as outside', (indexType) => {
    const before = tf.memory().numTensors;
    const { encoder, decoder } = createLayers(2);
    const whole = createModel({ encoder, decoder }, indexType);
    tf.tidy(() => {
      const inside = whole.predict([images, visible, masked]) as tf.Tensor;
      const outside = decoder.apply([encoder.apply([images, visible]) as tf.Tensor, visible, masked]) as tf.Tensor;
      expect(inside.dataSync()).toEqual(outside.dataSync());
    });
    whole.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('saves and loads, with identical outputs', async () => {
    const before = tf.memory().numTensors;
    const whole = createModel(createLayers(3));
    disturb(whole);
    const loaded = await saveAndLoad(whole);
    tf.tidy(() => {
      const expected = whole.predict([images, visible, masked]) as tf.Tensor;
      expect((loaded.predict([images, visible, masked]) as tf.Tensor).dataSync()).toEqual(expected.dataSync());
    });
    whole.dispose();
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names weights alike whether they were created before or by the first use', async () => {
    const before = tf.memory().numTensors;
    const early = createLayers(4);
    early.encoder.variables();
    const late = createLayers(4);
    tf.tidy(() => {
      late.encoder.encode(images);
    });
    const names = ({ encoder }: typeof early) => encoder.weights.map((weight) => weight.originalName);
    expect(names(early)).toEqual(names(late));
    expect(names(early)).toContain('encoder/blocks.0.attn.qkv.kernel');
    expect([...early.encoder.namedVariables().keys()].slice(0, 3)).toEqual([
      'cls_token',
      'pos_embed',
      'patch_embed.proj.kernel',
    ]);
    const whole = createModel(early);
    const loaded = await saveAndLoad(whole); // would refuse unknown names
    loaded.dispose();
    whole.dispose();
    late.encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('learns by model.fit, and keeps the positions', async () => {
    const before = tf.memory().numTensors;
    const layers = createLayers(5);
    const whole = createModel(layers);
    const optimizer = tf.train.sgd(0.05);
    whole.compile({ optimizer, loss: 'meanSquaredError' });
    const positions = layers.encoder.namedVariables().get('pos_embed')!.dataSync().slice();
    const target = tf.ones([2, 5, 12]);
    const history = await whole.fit([images, visible, masked], target, { epochs: 7, batchSize: 2, verbose: 0 });
    const losses = history.history.loss as number[];
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    expect(layers.encoder.namedVariables().get('pos_embed')!.dataSync()).toEqual(positions);
    target.dispose();
    whole.dispose();
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
