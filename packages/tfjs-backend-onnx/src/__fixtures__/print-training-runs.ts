// A process of its own for one provider: prints the device and its training runs as one line of JSON. Ends with code 3 and the
// error where the provider does not start.

import * as tf from '@tensorflow/tfjs-core';

import { compile } from '../compile/compile';
import { registerOnnxBackend } from '../register-onnx-backend';
import type { OnnxProvider } from '../runtime/session-options';
import { fitLayersModel, trainMaskedAutoencoder, trainPerceptron } from './training-runs';

const provider = process.argv[2] as OnnxProvider;
try {
  await registerOnnxBackend({ provider });
} catch (error) {
  console.error(String(error));
  process.exit(3);
}
await tf.setBackend('onnx');
const runs = [await trainPerceptron(compile, 5), await trainMaskedAutoencoder(compile, 5), await fitLayersModel(1)];
console.log(JSON.stringify({ losses: runs.map(({ losses }) => losses) }));
process.exit(0);
