// A frozen encoder as a function from images to plain arrays.

import { type PatchSize, patchSizeText, SemmaeError } from '@semmae/core';
import { applyView, fullView, type LabeledImage } from '@semmae/data';
import { type Compile, runDirectly } from '@semmae/train';
import { headAttention, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import type { FeatureGeometry } from './feature-geometry';
import type { TokenSource } from './token-choices';

/** What the encoder says about one image. */
export interface ImageFeatures {
  /** `pooled` of the encoder: the class token, where there is one. With 'qk' its query, or the mean of the keys: [C]. */
  classToken: Float32Array;
  /** Patch tokens, or their keys in the last block: [N * C]. */
  patchTokens: Float32Array;
  /** Attention of the class token to the patches in the last block, head after head: [heads * N]. Where asked for and there is one. */
  attention?: Float32Array;
}

export interface FeatureExtractorOptions {
  encoder: ViTEncoder;
  geometry: FeatureGeometry;
  /** Default 'output'. */
  tokens?: TokenSource;
  /** Whether to return attention, if there is a class token. Default false. */
  attention?: boolean;
  compile?: Compile;
}

export interface FeatureExtractor {
  readonly geometry: FeatureGeometry;
  readonly tokens: TokenSource;
  /** C */
  readonly channels: number;
  readonly heads: number;
  /**
   * Features of images, or of their mirror images, one by one where a list says so. Throws a SemmaeError that names an image
   * with a value that is not finite.
   */
  encode(images: readonly LabeledImage[], mirrored?: boolean | readonly boolean[]): Promise<ImageFeatures[]>;
  dispose(): void;
}

/** Images are resized to what the grid route feeds, normalized, and encoded as one batch. */
export function featureExtractor(options: FeatureExtractorOptions): FeatureExtractor {
  const { geometry, tokens = 'output', attention = false, compile = runDirectly } = options;
  const encoder = withStride(options.encoder, geometry.patchStride);
  const { height, width } = geometry.feed;
  const run = compile((pixels) => encodeBatch(encoder, pixels as tf.Tensor4D, { tokens, attention }));
  return {
    geometry,
    tokens,
    channels: encoder.width,
    heads: encoder.heads,
    async encode(images, mirrored = false) {
      const size = height * width * 3;
      const pixels = new Float32Array(images.length * size);
      for (const [place, image] of images.entries()) {
        const flip = typeof mirrored === 'boolean' ? mirrored : mirrored[place]!;
        const view = { ...fullView(image), flip };
        const into = pixels.subarray(place * size, (place + 1) * size);
        applyView(image, view, { height, width, statistics: geometry.statistics, into });
      }
      const input = tf.tensor4d(pixels, [images.length, height, width, 3]);
      const outputs = tf.tidy(() => run(input)) as Record<string, tf.Tensor>;
      input.dispose();
      const rows = await rowsOf(outputs, images);
      tf.dispose(outputs);
      return rows;
    },
    dispose() {
      if (encoder !== options.encoder) encoder.dispose();
    },
  };
}

function encodeBatch(
  encoder: ViTEncoder,
  pixels: tf.Tensor4D,
  { tokens, attention }: { tokens: TokenSource; attention: boolean },
): Record<string, tf.Tensor> {
  return tf.tidy(() => {
    const encoding = encoder.encode(pixels, { attention, lastBlock: tokens === 'qk' });
    const { pooled, patchTokens: output, patchKeys = output } = encoding;
    const { classQuery = tf.mean(patchKeys, 1) } = encoding;
    const [classToken, patchTokens]: [tf.Tensor, tf.Tensor] =
      tokens === 'qk' ? [classQuery, patchKeys] : [pooled, output];
    const outputs: Record<string, tf.Tensor> = { classToken, patchTokens };
    if (attention && encoder.prefix.classToken)
      outputs.attention = headAttention(encoding.attention!.at(-1)!, encoder.prefix);
    return outputs;
  });
}

/** Cuts each output into one row an image. */
async function rowsOf(
  outputs: Readonly<Record<string, tf.Tensor>>,
  images: readonly LabeledImage[],
): Promise<ImageFeatures[]> {
  const rowsByName = new Map<string, Float32Array[]>();
  for (const [name, tensor] of Object.entries(outputs)) {
    const values = await tensor.data<'float32'>();
    const length = values.length / images.length;
    const rows = images.map((_, place) => values.slice(place * length, (place + 1) * length));
    for (const [place, row] of rows.entries()) assertFinite(images[place]!.id, name, row);
    rowsByName.set(name, rows);
  }
  return images.map((_, place) => ({
    classToken: rowsByName.get('classToken')![place]!,
    patchTokens: rowsByName.get('patchTokens')![place]!,
    attention: rowsByName.get('attention')?.[place],
  }));
}

function assertFinite(id: string, name: string, values: Float32Array): void {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new SemmaeError({
    where: 'features',
    requirement: `${name} of ${id} must be finite`,
    got: `${values[wrong]} at ${wrong} of ${values.length}`,
    remedy: "look at that image and at the encoder's weights",
  });
}

/** The same weights at another stride, as a model of its own; the encoder itself where it has that stride. */
function withStride(encoder: ViTEncoder, patchStride: PatchSize): ViTEncoder {
  if (patchSizeText(encoder.patchStride) === patchSizeText(patchStride)) return encoder;
  encoder.variables();
  const strided = new ViTEncoder({ ...encoder.getConfig(), patchStride });
  strided.variables();
  const weights = encoder.namedVariables();
  for (const [name, variable] of strided.namedVariables()) {
    tf.tidy(() => variable.assign(tf.clone(weights.get(name) as tf.Tensor)));
  }
  return strided;
}
