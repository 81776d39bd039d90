// A frozen encoder as a function from images to plain arrays.

import { type PatchSize, patchSizeText, SemmaeError } from '@semmae/core';
import { applyView, fullView, type LabeledImage } from '@semmae/data';
import { type Compile, runDirectly } from '@semmae/train';
import { headAttention, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import type { FeatureGeometry } from './feature-geometry';
import type { TokenSource } from './token-choices';

/** Patches of an image that are encoded by themselves, [K], ascending, and what chose them, [N]. */
export interface KeptPatches {
  patches: Int32Array;
  saliency: Float32Array;
}

/** What the encoder says about one image. */
export interface ImageFeatures {
  /** `pooled` of the encoder: the class token, where there is one. With 'qk' its query, or the mean of the keys: [C]. */
  classToken: Float32Array;
  /** Patch tokens, or their keys in the last block: [N * C], or [K * C] of the patches kept. */
  patchTokens: Float32Array;
  /** Attention of the class token to the patches in the last block, head after head: [heads * N]. Where asked for and there is one. */
  attention?: Float32Array;
  /** Where not all patches are kept: which are. Class token and patch tokens are then those of an encoding of these alone. */
  kept?: KeptPatches;
}

export interface FeatureExtractorOptions {
  encoder: ViTEncoder;
  geometry: FeatureGeometry;
  /** Default 'output'. */
  tokens?: TokenSource;
  /** Whether to return attention, if there is a class token. Default false. */
  attention?: boolean;
  /** Chooses patches by the features of the whole image; they are then encoded again without the others. Default: all are kept. */
  keep?: (whole: ImageFeatures) => KeptPatches;
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
  const { geometry, tokens = 'output', attention = false, keep, compile = runDirectly } = options;
  const encoder = withStride(options.encoder, geometry.patchStride);
  const { height, width } = geometry.feed;
  const run = compile((pixels) => encodeBatch(encoder, pixels as tf.Tensor4D, { tokens, attention }));
  const runKept = compile((inputs) => {
    const { pixels, visible } = inputs as { pixels: tf.Tensor4D; visible: tf.Tensor2D };
    return encodeBatch(encoder, pixels, { tokens, attention: false, visible });
  });
  return {
    geometry,
    tokens,
    channels: encoder.width,
    heads: encoder.heads,
    async encode(images, mirrored = false) {
      const size = height * width * encoder.channels;
      const pixels = new Float32Array(images.length * size);
      for (const [place, image] of images.entries()) {
        assertSeen(image, encoder.channels);
        const flip = typeof mirrored === 'boolean' ? mirrored : mirrored[place]!;
        const view = { ...fullView(image), flip };
        const into = pixels.subarray(place * size, (place + 1) * size);
        applyView(image, view, { height, width, statistics: geometry.statistics, into });
      }
      const input = tf.tensor4d(pixels, [images.length, height, width, encoder.channels]);
      try {
        const whole = await taken(tf.tidy(() => run(input)) as Record<string, tf.Tensor>, images);
        if (keep === undefined) return whole;
        const kept = whole.map(keep);
        const indices = kept.map(({ patches }) => Array.from(patches));
        const visible = tf.tensor2d(indices, [images.length, indices[0]!.length], 'int32');
        const ofKept = tf.tidy(() => runKept({ pixels: input, visible })) as Record<string, tf.Tensor>;
        visible.dispose();
        const rows = await taken(ofKept, images);
        return rows.map((one, place) => ({ ...one, attention: whole[place]!.attention, kept: kept[place]! }));
      } finally {
        input.dispose();
      }
    },
    dispose() {
      if (encoder !== options.encoder) encoder.dispose();
    },
  };
}

function encodeBatch(
  encoder: ViTEncoder,
  pixels: tf.Tensor4D,
  { tokens, attention, visible }: { tokens: TokenSource; attention: boolean; visible?: tf.Tensor2D },
): Record<string, tf.Tensor> {
  return tf.tidy(() => {
    const encoding = encoder.encode(pixels, { visible, attention, lastBlock: tokens === 'qk' });
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

async function taken(
  outputs: Readonly<Record<string, tf.Tensor>>,
  images: readonly LabeledImage[],
): Promise<ImageFeatures[]> {
  const rows = await rowsOf(outputs, images);
  tf.dispose(outputs as Record<string, tf.Tensor>);
  return rows;
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

/** Images have the channels that the encoder was trained on. */
function assertSeen({ id, channels }: LabeledImage, seen: number): void {
  if (channels === seen) return;
  throw new SemmaeError({
    where: 'features',
    requirement: `images must have the channels that the encoder sees, ${seen}`,
    got: `${channels} of ${id}`,
    remedy: 'choose `channels` or `bands` of the data, or another model',
  });
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
