// An encoder as an ONNX file with a free batch size.

import { SemmaeError } from '@semmae/core';
import { exportOnnx } from '@semmae/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import { encoderOutputs } from './encoder-outputs';
import type { ExportFormat } from './export-format';

/**
 * Input `pixel_values` [batch, C, H, W], float32 and normalized, as models of Hugging Face take it; outputs `class_token` [batch, D],
 * `patch_tokens` [batch, N, D] and `mean_token` [batch, D], and what else `EncoderOutputs` has. Initializers have the names of the
 * weights. From 1.5 GB of weights on, they lie beside the model in `<path>.data`.
 */
export const onnxFile: ExportFormat = {
  async write(path, { encoder }, metadata) {
    const names = new Map([...encoder.namedVariables()].map(([name, variable]) => [variable, name]));
    const { height, width } = encoder.imageSize;
    const example = tf.zeros<tf.Rank.R4>([1, encoder.channels, height, width]);
    try {
      const { customOperators } = exportOnnx(
        ({ pixel_values }) => encoderOutputs(encoder, tf.transpose(pixel_values as tf.Tensor4D, [0, 2, 3, 1])),
        { pixel_values: example },
        path,
        { freeBatch: true, metadata, variableName: (variable) => names.get(variable) ?? variable.name },
      );
      if (customOperators.length > 0) {
        const requirement = "internal: the graph must be in ONNX's own operators";
        throw new SemmaeError({ where: 'exportModel', requirement, got: customOperators });
      }
    } finally {
      example.dispose();
    }
  },

  async open(path) {
    const session = await InferenceSession.create(path);
    return {
      async run(images) {
        const planes = tf.transpose(images, [0, 3, 1, 2]);
        const pixels = new Tensor('float32', Float32Array.from(await planes.data<'float32'>()), planes.shape);
        planes.dispose();
        const results = await session.run({ pixel_values: pixels });
        return Object.fromEntries(
          Object.entries(results).map(([name, { data, dims }]) => [name, tf.tensor(data as Float32Array, [...dims])]),
        );
      },
      close: () => session.release(),
    };
  },
};
