// Noise on the class token that the decoder sees, so that it reads the layout from the maps and not from the token.

import { assertInteger, assertRange, assertShape, type Rng, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

export interface StylePerturbationOptions {
  /** Standard deviation of Gaussian noise on F_c, for layer-normalized tokens. Default 0; 0.1 is a start. */
  styleNoise?: number;
  /** Share of F_c's channels set to zero, in [0, 1). Default 0; 0.1 to 0.2 is a start. */
  styleDropout?: number;
}

/** Random numbers of a batch. A type and not an interface, so that it is a record of tensors. */
export type StyleDraws = {
  /** Standard normal, [B, C]. */
  styleNoise?: tf.Tensor2D;
  /** 1 = channel kept, 0 = dropped, [B, C]. */
  styleKeep?: tf.Tensor2D;
};

/** Draws on the host what a perturbation of these strengths needs; the caller disposes it. */
export function drawStylePerturbation({
  batchSize,
  channels,
  styleNoise = 0,
  styleDropout = 0,
  rng,
}: StylePerturbationOptions & { batchSize: number; channels: number; rng: Rng }): StyleDraws {
  assertInteger('drawStylePerturbation', 'batchSize', batchSize);
  assertInteger('drawStylePerturbation', 'channels', channels);
  checkStylePerturbation('drawStylePerturbation', { styleNoise, styleDropout });
  const draw = (value: () => number) =>
    tf.tensor2d(Float32Array.from({ length: batchSize * channels }, value), [batchSize, channels]);
  const draws: StyleDraws = {};
  if (styleNoise > 0) draws.styleNoise = draw(rng.split('style-noise').normal);
  const keeps = rng.split('style-dropout');
  if (styleDropout > 0) draws.styleKeep = draw(() => (keeps.uniform() < styleDropout ? 0 : 1));
  return draws;
}

/** (F_c + noise) * keep / (1 - dropout), [B, C], with the draws of the batch. */
export function perturbStyle(
  classToken: tf.Tensor2D,
  { styleNoise, styleKeep }: StyleDraws,
  strength: Required<StylePerturbationOptions>,
): tf.Tensor2D {
  requireDraw('styleNoise', styleNoise, classToken, strength.styleNoise);
  requireDraw('styleKeep', styleKeep, classToken, strength.styleDropout);
  return tf.tidy(() => {
    let style: tf.Tensor = classToken;
    if (styleNoise) style = tf.add(style, tf.mul(styleNoise, strength.styleNoise));
    if (styleKeep) style = tf.mul(style, tf.mul(styleKeep, 1 / (1 - strength.styleDropout)));
    return style === classToken ? classToken : (style as tf.Tensor2D);
  });
}

export function checkStylePerturbation(
  where: string,
  { styleNoise, styleDropout }: Required<StylePerturbationOptions>,
): void {
  assertRange(where, 'styleNoise', styleNoise, 0, Number.MAX_VALUE);
  assertRange(where, 'styleDropout', styleDropout, 0, 1 - Number.EPSILON);
}

/** Passes a draw where its strength is not 0, and none where it is: a draw can be neither forgotten nor ignored. */
function requireDraw(name: string, draw: tf.Tensor2D | undefined, classToken: tf.Tensor2D, strength: number): void {
  if (draw) assertShape('partLearner.loss', name, draw.shape, classToken.shape);
  if ((draw !== undefined) === strength > 0) return;
  throw new SemmaeError({
    where: 'partLearner.loss',
    requirement: `the batch must carry ${name} exactly when the learner perturbs with it`,
    got: `${draw ? 'one' : 'none'} at strength ${strength}`,
    remedy: 'spread drawStylePerturbation(...) with the same options into the batch',
  });
}
