// The elementwise ops of two tensors that take numbers of every kind.

import * as tf from '@tensorflow/tfjs-core';

export const binaryOps = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  mod: tf.mod,
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
} satisfies Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>;
