// What a compiled step is: a function from tensors to tensors that a backend may trace once and replay.

import type * as tf from '@tensorflow/tfjs-core';

/** One tensor, or several by name. */
export type TensorGroup = tf.Tensor | Record<string, tf.Tensor>;

/** Tensors in, tensors out. Variables may be read and assigned inside; nothing else may change between calls. */
export type TensorFunction = (...inputs: TensorGroup[]) => TensorGroup;

/** Returns a function that computes the same as `step`, only faster. `compile` of `@semmae/tfjs-backend-onnx` is one. */
export type Compile = <F extends TensorFunction>(step: F) => F;

/** The `Compile` of backends that have none: every call runs the function itself. */
export const runDirectly: Compile = (step) => step;
