// An encoder as a tfjs-layers model: model.json and shards of weights.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';
import { splitTokens } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { input, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

import type { ExportFormat } from './export-format';

/**
 * Input `images` [batch, H, W, C], output the tokens [batch, prefix + N, D], class token first, those of patches last. The encoder is a layer of `@semmae/vit`, which
 * must be imported before `loadLayersModel`: its positions, attention and exact GELU are not among the layers of tfjs.
 */
export const layersFolder: ExportFormat = {
  async write(path, { encoder }, metadata) {
    const { height, width } = encoder.imageSize;
    const shape = [height, width, encoder.channels];
    const images = input({ shape, name: 'images' });
    const whole = model({ inputs: images, outputs: encoder.apply(images) as SymbolicTensor, name: 'semmae_encoder' });
    whole.setUserDefinedMetadata({ ...metadata });
    await whole.save(layersFiles(path));
  },

  async open(path, { encoder }) {
    const whole = await loadLayersModel(layersFiles(path));
    return {
      async run(images) {
        return tf.tidy(() => {
          const { classToken, patchTokens } = splitTokens(whole.predict(images) as tf.Tensor3D, encoder.prefix);
          return { ...(classToken && { class_token: classToken }), patch_tokens: patchTokens };
        });
      },
      close: async () => {
        whole.dispose();
      },
    };
  },
};

/** Bytes of a shard, as tfjs's converter cuts them: what browsers cache. */
const shardBytes = 4 * 2 ** 20;

/** Saves a tfjs-layers model to a folder and loads it, which tfjs itself does in Node only with tfjs-node. */
export function layersFiles(path: string): tf.io.IOHandler {
  const file = join(path, 'model.json');
  return {
    async save(artifacts) {
      await mkdir(path, { recursive: true });
      const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
      const count = Math.max(1, Math.ceil(weights.length / shardBytes));
      const paths = Array.from({ length: count }, (_, shard) => `group1-shard${shard + 1}of${count}.bin`);
      for (const [shard, name] of paths.entries())
        await writeFile(join(path, name), weights.subarray(shard * shardBytes, (shard + 1) * shardBytes));
      const { format, generatedBy, modelTopology, userDefinedMetadata, weightSpecs } = artifacts;
      const weightsManifest = [{ paths, weights: weightSpecs }];
      const json = { format, generatedBy, convertedBy: null, modelTopology, userDefinedMetadata, weightsManifest };
      await writeFile(file, JSON.stringify(json));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },

    async load() {
      try {
        return await tf.io.getModelArtifactsForJSON(JSON.parse(await readFile(file, 'utf8')), async (manifest) => {
          const shards = manifest.flatMap(({ paths }) => paths.map((name) => readFile(join(path, name))));
          const weights = Buffer.concat(await Promise.all(shards));
          return [manifest.flatMap(({ weights: specs }) => specs), new Uint8Array(weights).buffer];
        });
      } catch (cause) {
        throw new SemmaeError({
          where: path,
          requirement: 'must be the folder of a tfjs-layers model',
          got: cause,
          cause,
        });
      }
    },
  };
}
