// The attention module of SemMAE stage 1: its variables and Eq. 1-2 on them.

import { assertShape, type Rng } from '@semmae/core';
import { namedVariable, normal, seededVariable, uniform } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';

import { attentionMaps } from '../maps/attention-maps';
import { mapResampling } from '../maps/map-resampling';
import { headGateBias, headProjection } from './head-initialization';
import { type LearnedTemperature, learnedTemperature } from './learned-temperature';
import {
  type CheckedPartAttentionOptions,
  checkPartAttentionOptions,
  type PartAttentionOptions,
} from './part-attention-options';
import { type PartGates, partTokens } from './part-tokens';

export interface PartAttention {
  readonly partCount: number;
  /** The gates of Eq. 1, as variables. */
  readonly gates: PartGates;
  variables(): tf.Variable[];
  /** (F_c [B, C], F [B, N, C]) -> maps [B, P, N], or [B, P, N'] on the map grid. */
  attend(classToken: tf.Tensor2D, patchTokens: tf.Tensor3D): tf.Tensor3D;
  dispose(): void;
}

/** Eq. 1-2 with weights drawn from `rng`, named `<name>/gate-input` and so on. */
export function partAttention(options: PartAttentionOptions, rng: Rng, name = 'parts'): PartAttention {
  const checked = checkPartAttentionOptions(options);
  const { partCount, grid, mapGrid, softmaxAxis, temperature } = checked;
  const weights = createWeights(checked, rng, name);
  const upsample = grid && mapGrid ? mapResampling(grid, mapGrid) : undefined;
  const { gates, projection, keyProjection, learned, variables } = weights;

  return {
    partCount,
    gates,
    variables: () => [...variables],
    attend(classToken, patchTokens) {
      checkTokens(checked, classToken, patchTokens);
      return tf.tidy(() =>
        attentionMaps({
          partTokens: partTokens(classToken, gates),
          patchTokens,
          queryProjection: projection,
          keyProjection,
          temperature: learned ? learned.value() : temperature,
          softmaxAxis,
          upsample,
        }),
      );
    },
    dispose: () => tf.dispose([...variables]),
  };
}

interface AttentionWeights {
  gates: PartGates;
  projection: tf.Tensor2D;
  keyProjection: tf.Tensor2D;
  learned?: LearnedTemperature;
  variables: readonly tf.Variable[];
}

function createWeights(options: CheckedPartAttentionOptions, rng: Rng, name: string): AttentionWeights {
  const { channels, partCount, hiddenWidth, projectionWidth, temperature, gateGain } = options;
  const heads = options.gateInitialization === 'heads';
  const xavier = (part: string, shape: number[], fans: number, gain = 1) => {
    const values = uniform(gain * Math.sqrt(6 / fans));
    return seededVariable({ name: `${name}/${part}`, shape, rng, values });
  };
  const gateFans = channels + hiddenWidth;
  const input = xavier('gate-input', [channels, partCount * hiddenWidth], gateFans, gateGain);
  const output = heads
    ? seededVariable({
        name: `${name}/gate-output`,
        shape: [partCount, hiddenWidth, channels],
        rng,
        values: normal(0.02),
      })
    : xavier('gate-output', [partCount, hiddenWidth, channels], gateFans, gateGain);
  const embedding = (part: string) =>
    heads
      ? namedVariable(`${name}/${part}`, headProjection(channels, partCount, temperature))
      : xavier(part, [projectionWidth, channels], channels + projectionWidth);
  const projection = embedding('projection');
  const keyProjection = options.shareProjection ? undefined : embedding('key-projection');
  const startBias = () =>
    heads ? headGateBias(channels, partCount, options.headGateBias) : tf.zeros<tf.Rank.R2>([partCount, channels]);
  const bias = options.gateBias ? namedVariable(`${name}/gate-bias`, startBias()) : undefined;
  const learned = options.learnTemperature
    ? learnedTemperature(`${name}/log-temperature`, temperature, projectionWidth)
    : undefined;
  return {
    gates: { input: input as tf.Tensor2D, output: output as tf.Tensor3D, bias: bias as tf.Tensor2D | undefined },
    projection: projection as tf.Tensor2D,
    keyProjection: (keyProjection ?? projection) as tf.Tensor2D,
    learned,
    variables: [input, output, projection, keyProjection, bias, learned?.variable].filter((one) => one !== undefined),
  };
}

function checkTokens(
  { channels, grid }: CheckedPartAttentionOptions,
  classToken: tf.Tensor2D,
  patchTokens: tf.Tensor3D,
): void {
  const width = "set channels to the encoder's width";
  assertShape('attend', 'classToken', classToken.shape, [null, channels], width);
  assertShape(
    'attend',
    'patchTokens',
    patchTokens.shape,
    [classToken.shape[0], grid?.patchCount ?? null, channels],
    'give one token per patch of the grid, without the class token',
  );
}
