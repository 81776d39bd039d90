// The attention module of SemMAE stage 1: its variables and Eq. 1-2 on them.

import { assertInteger, assertOneOf, assertShape, type Rng, SemmaeError } from '@semmae/core';
import { namedVariable, seededVariable } from '@semmae/decoder-stylegan';
import * as tf from '@tensorflow/tfjs-core';

import { attentionMaps, type SoftmaxAxis } from './attention-maps';
import { partTokens } from './part-tokens';

/** `xavier`: uniform, gain 1. `heads`: gate i starts open on the i-th of P equal channel blocks, for query/key tokens. */
export type GateInitialization = 'xavier' | 'heads';

export interface PartAttentionOptions {
  /** Width C of class and patch tokens. */
  channels: number;
  /** P. Default 6, the heads of ViT-Small (SemMAE §4.1). */
  partCount?: number;
  /** Width h of the gates' hidden layer. Default C. */
  hiddenWidth?: number;
  /** Width d of the projection W_p. Default C. */
  projectionWidth?: number;
  /** Factor on the logits. Default 1 / sqrt(d): the paper's bare product saturates the softmax on normalised tokens. */
  temperature?: number;
  /** Default 'positions'. */
  softmaxAxis?: SoftmaxAxis;
  /** One W_p for both sides, as in Eq. 2. Default true. */
  shareProjection?: boolean;
  /** Default 'xavier'. */
  gateInitialization?: GateInitialization;
}

export interface PartAttention {
  readonly partCount: number;
  variables(): tf.Variable[];
  /** (F_c [B, C], F [B, N, C]) -> M [B, P, N]. */
  attend(classToken: tf.Tensor2D, patchTokens: tf.Tensor3D): tf.Tensor3D;
  dispose(): void;
}

/** Eq. 1-2 with weights drawn from `rng`, named `<name>/gate-input` and so on. */
export function partAttention(options: PartAttentionOptions, rng: Rng, name = 'parts'): PartAttention {
  const { channels, partCount = 6, hiddenWidth = channels, projectionWidth = channels } = options;
  const { softmaxAxis = 'positions', shareProjection = true, gateInitialization = 'xavier' } = options;
  const temperature = options.temperature ?? 1 / Math.sqrt(projectionWidth);
  validate({ channels, partCount, hiddenWidth, projectionWidth, softmaxAxis, gateInitialization, temperature });
  const heads = gateInitialization === 'heads';

  const xavier = (part: string, shape: number[], fans: number) =>
    seededVariable({ name: `${name}/${part}`, shape, rng, distribution: 'uniform', spread: Math.sqrt(6 / fans) });
  const gateInput = xavier('gate-input', [channels, partCount * hiddenWidth], channels + hiddenWidth);
  const gateOutput = heads
    ? seededVariable({ name: `${name}/gate-output`, shape: [partCount, hiddenWidth, channels], rng, spread: 0.02 })
    : xavier('gate-output', [partCount, hiddenWidth, channels], channels + hiddenWidth);
  const embedding = (part: string) =>
    heads
      ? namedVariable(`${name}/${part}`, headProjection(channels, partCount, temperature))
      : xavier(part, [projectionWidth, channels], channels + projectionWidth);
  const projection = embedding('projection');
  const keyProjection = shareProjection ? projection : embedding('key-projection');
  const gateBias = heads ? namedVariable(`${name}/gate-bias`, headGateBias(channels, partCount)) : undefined;
  const variables = [gateInput, gateOutput, projection];
  if (!shareProjection) variables.push(keyProjection);
  if (gateBias) variables.push(gateBias);

  return {
    partCount,
    variables: () => [...variables],
    attend(classToken, patchTokens) {
      assertShape('attend', 'classToken', classToken.shape, [null, channels]);
      assertShape(
        'attend',
        'patchTokens',
        patchTokens.shape,
        [classToken.shape[0], null, channels],
        'drop the class token',
      );
      return tf.tidy(() =>
        attentionMaps({
          partTokens: partTokens(classToken, {
            input: gateInput as tf.Tensor2D,
            output: gateOutput as tf.Tensor3D,
            bias: gateBias as tf.Tensor2D | undefined,
          }),
          patchTokens,
          queryProjection: projection as tf.Tensor2D,
          keyProjection: keyProjection as tf.Tensor2D,
          temperature,
          softmaxAxis,
        }),
      );
    },
    dispose() {
      for (const variable of variables) variable.dispose();
    },
  };
}

/** sigmoid(4) = 0.98: gate i is nearly open on channel block i and nearly closed elsewhere. */
function headGateBias(channels: number, partCount: number): tf.Tensor2D {
  const block = channels / partCount;
  const bias = Array.from({ length: partCount }, (_, part) =>
    Array.from({ length: channels }, (_, channel) => (Math.floor(channel / block) === part ? 4 : -4)),
  );
  return tf.tensor2d(bias);
}

/** A multiple of the identity such that temperature * W_p^T W_p = I / sqrt(head width), the scale of head attention. */
function headProjection(channels: number, partCount: number, temperature: number): tf.Tensor2D {
  const scale = Math.sqrt(1 / (temperature * Math.sqrt(channels / partCount)));
  return tf.tidy(() => tf.mul(tf.eye(channels), scale));
}

function validate(options: Required<Omit<PartAttentionOptions, 'shareProjection'>>): void {
  const { channels, partCount, hiddenWidth, projectionWidth, temperature, softmaxAxis, gateInitialization } = options;
  for (const [name, value] of Object.entries({ channels, partCount, hiddenWidth, projectionWidth })) {
    assertInteger('partAttention', name, value);
  }
  assertOneOf('partAttention', 'softmaxAxis', softmaxAxis, ['positions', 'parts']);
  assertOneOf('partAttention', 'gateInitialization', gateInitialization, ['xavier', 'heads']);
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new SemmaeError({ where: 'partAttention', requirement: 'temperature must be positive', got: temperature });
  }
  if (gateInitialization === 'heads' && (channels % partCount !== 0 || projectionWidth !== channels)) {
    throw new SemmaeError({
      where: 'partAttention',
      requirement: "gateInitialization 'heads' needs channels divisible by partCount and projectionWidth = channels",
      got: `channels ${channels}, partCount ${partCount}, projectionWidth ${projectionWidth}`,
      remedy: "use as many parts as the encoder has heads, or 'xavier'",
    });
  }
}
