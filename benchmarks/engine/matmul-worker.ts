// fp32 matrix products on ONNX Runtime, in a process of its own: prints GFLOP/s for every --shapes MxKxN as one JSON line.

import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { createRng } from '@semmae/core';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';

import { median, rounded } from './statistics';

const { values: options } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    shapes: { type: 'string', default: '1024x1024x1024' },
    seconds: { type: 'string', default: '0.5' },
  },
});

registerOnnxBackend({ threads: Number(options.threads) });
await tf.setBackend('onnx');
const rng = createRng(1);
const rates = Object.fromEntries(options.shapes.split(',').map((shape) => [shape, rounded(rate(shape))]));
console.log(
  JSON.stringify({ unit: 'GFLOP/s', value: Math.max(...Object.values(rates)), rates: { 'ONNX Runtime': rates } }),
);

/** Median over repetitions after two calls, which compile. */
function rate(shape: string): number {
  const [m, k, n] = shape.split('x').map(Number) as [number, number, number];
  const left = random(m, k);
  const right = random(k, n);
  // One number of the product leaves the graph: a fresh result would be timed page by page.
  const product = compile((a, b) => tf.slice(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), [0, 0], [1, 1]));
  const seconds: number[] = [];
  for (let total = 0, call = 0; total < Number(options.seconds) || call < 3; call++) {
    const start = performance.now();
    const result = product(left, right) as tf.Tensor2D;
    const took = (performance.now() - start) / 1000;
    result.dispose();
    if (call < 2) continue;
    seconds.push(took);
    total += took;
  }
  tf.dispose([left, right]);
  return (2e-9 * m * k * n) / median(seconds);
}

function random(rows: number, columns: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => rng.normal()),
    [rows, columns],
  );
}
