// An encoder as a file for other programs.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { assertOneOf, createRng, type ImageSize, SemmaeError } from '@semmae/core';
import { encoderAtSize, type ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { encoderOutputs } from '../export-formats/encoder-outputs';
import type { ExportedModel, ExportFormat } from '../export-formats/export-format';
import { obstacleOf } from '../export-formats/huggingface-config';
import { huggingFaceFolder } from '../export-formats/huggingface-folder';
import { layersFolder } from '../export-formats/layers-folder';
import { onnxFile } from '../export-formats/onnx-file';
import { timmFile } from '../export-formats/timm-file';
import { configsOf, type EncoderModel, type TrainedModel } from '../models/encoder-file';
import { loadModel } from '../models/load-model';
import { preprocessingOf } from '../models/preprocessing-of';
import type { PublicWeightsOptions } from '../models/public-weights-options';
import { Interrupted } from '../runs/interrupted';
import { makeWritable } from '../runs/run-folder';
import type { StageOptions } from '../runs/stage-options';

const formats = {
  onnx: onnxFile,
  safetensors: timmFile,
  huggingface: huggingFaceFolder,
  tfjs: layersFolder,
} satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof formats;
export const exportFormatNames = Object.keys(formats) as ExportFormatName[];

export interface ExportModelOptions extends Omit<StageOptions, 'compile'>, PublicWeightsOptions {
  /** A model, or by path what `loadEncoder` takes. */
  model: string | EncoderModel | TrainedModel;
  /**
   * 'onnx': a graph for any runtime, with batches of any size; needs the backend of ONNX Runtime. 'safetensors': weights for timm's
   * `VisionTransformer`. 'huggingface': a folder that `from_pretrained` of transformers opens, with the decoder of a masked autoencoder.
   * 'tfjs': the folder of a tfjs-layers model, which wants `import '@semmae/vit'` before it is loaded.
   */
  format: ExportFormatName;
  /** The file, or for 'huggingface' and 'tfjs' the folder, to write. */
  out: string;
  /** Size in pixels of the images that the model will see. Default: that of its preprocessing. */
  imageSize?: ImageSize;
}

export interface ExportedFile {
  path: string;
  /** Between the file and the model, over all outputs, as a share of the largest value of an output. */
  largestDifference: number;
}

/** Float32 sums in another order, through a few dozen blocks. */
const tolerance = 1e-4;

/** Images of the batches on which file and model are compared. */
const checkedBatches = [1, 3] as const;
const checkedImages = 4;

/**
 * Writes the encoder of `model` to `out` and, before it is there, runs what was written beside the encoder. Where they differ by
 * more than 1e-4, or `out` is something else already, it throws a SemmaeError and `out` is as before.
 */
export async function exportModel(options: ExportModelOptions): Promise<ExportedFile> {
  const { model, format } = options;
  assertOneOf('exportModel', '`format`', format, exportFormatNames);
  if (typeof model !== 'string') return exportEncoder(model, options);
  const loaded = await loadModel(model, options);
  try {
    return await exportEncoder(loaded, options);
  } finally {
    for (const layer of [loaded.encoder, loaded.decoder]) layer?.dispose();
  }
}

async function exportEncoder(
  model: EncoderModel & Pick<TrainedModel, 'decoder'>,
  options: Omit<ExportModelOptions, 'model'>,
): Promise<ExportedFile> {
  const { format: name, imageSize, signal, onProgress } = options;
  const format: ExportFormat = formats[name];
  const size = imageSize ?? preprocessingOf(model).imageSize;
  const out = resolve(options.out);
  makeWritable(dirname(out));
  const encoder = encoderAtSize(model.encoder, size);
  const { decoder, provenance, origin } = model;
  const { normalizePixels = true } = provenance ?? origin ?? {};
  const source = { encoder, decoder, normalizePixels, preprocessing: preprocessingOf(model) };
  const obstacle = name === 'huggingface' && decoder && obstacleOf(decoder, encoder);
  if (obstacle) options.onWarning?.(`left out the decoder: ${obstacle}`);
  const draft = await mkdtemp(`${out}.draft-`);
  try {
    Interrupted.check(signal);
    const path = join(draft, basename(out));
    await format.write(path, source, describe(model, encoder, size));
    const largestDifference = await compare(await format.open(path, source), model.encoder, size, (done) => {
      Interrupted.check(signal);
      onProgress?.({ title: `Checking the ${name} file`, done, total: checkedImages, unit: 'images' });
    });
    if (!(largestDifference <= tolerance)) {
      throw new SemmaeError({
        where: 'exportModel',
        requirement: `the ${name} file must give what the encoder gives, to ${tolerance} of its largest value`,
        got: `a difference of ${largestDifference}; nothing was written`,
        remedy: 'check that the weights are finite',
      });
    }
    Interrupted.check(signal);
    await moveInto(dirname(out), draft, out);
    return { path: options.out, largestDifference };
  } finally {
    encoder.dispose();
    await rm(draft, { recursive: true, force: true });
  }
}

/** The largest difference over all outputs, as a share of the largest value of each. Closes `exported`. */
async function compare(
  exported: ExportedModel,
  encoder: ViTEncoder,
  { height, width }: ImageSize,
  onBatch: (done: number) => void,
): Promise<number> {
  const rng = createRng(0);
  const differences: number[] = [];
  try {
    let done = 0;
    for (const batchSize of checkedBatches) {
      onBatch(done);
      const shape: [number, number, number, number] = [batchSize, height, width, encoder.channels];
      const images = tf.tensor4d(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape);
      const expected = encoderOutputs(encoder, images);
      const got = await exported.run(images);
      for (const [name, tensor] of Object.entries(got)) {
        differences.push(shareOf(await tensor.data(), await expected[name as keyof typeof expected]!.data()));
      }
      tf.dispose([images, expected, got]);
      done += batchSize;
    }
  } finally {
    await exported.close();
  }
  return Math.max(...differences); // NaN stays
}

function shareOf(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.NaN;
  let [difference, largest] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    difference = Math.max(difference, Math.abs(got[index]! - expected[index]!)); // NaN stays
    largest = Math.max(largest, Math.abs(expected[index]!));
  }
  return difference / largest;
}

/** What every file says about its model. */
function describe(model: EncoderModel, encoder: ViTEncoder, imageSize: ImageSize): Record<string, string> {
  const { id, hash, provenance } = model;
  return {
    id,
    hash,
    config: JSON.stringify(configsOf({ encoder }).encoder),
    preprocessing: JSON.stringify({ scale: 1 / 255, ...preprocessingOf(model), imageSize }),
    ...(provenance && { provenance: JSON.stringify(provenance) }),
  };
}

/** Moves all that is in `draft` to `folder`, the weights before the model that reads them, unless it is there already. */
async function moveInto(folder: string, draft: string, out: string): Promise<void> {
  const names = (await readdir(draft)).sort((a, b) => b.length - a.length);
  const present = names.filter((name) => existsSync(join(folder, name)));
  if (present.length > 0) {
    const hashes = await Promise.all(
      [draft, folder].map((place) => Promise.all(names.map((name) => hashOf(join(place, name))))),
    );
    if (hashes[0]!.join() === hashes[1]!.join()) return;
    throw new SemmaeError({
      where: 'exportModel',
      requirement: `${out} must not be there yet, or be this very export`,
      got: 'something else',
      remedy: 'remove it, or choose another --out',
    });
  }
  for (const name of names) await rename(join(draft, name), join(folder, name));
}

/** Of a file, or of the names and contents of a folder; '' where there is none. */
async function hashOf(path: string): Promise<string> {
  if (!existsSync(path)) return '';
  const hash = createHash('sha256');
  if (statSync(path).isDirectory()) {
    for (const name of (await readdir(path)).sort()) hash.update(`${name} ${await hashOf(join(path, name))} `);
  } else {
    for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  }
  return hash.digest('hex');
}
