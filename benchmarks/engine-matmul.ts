// The machine's own fp32 matmul rate, by ONNX Runtime, PyTorch and NumPy, on large squares and on the main products of the MAE step; and
// the part of it that the whole training step reaches, ours and PyTorch's, by the exact count of the step's products.
// Options: --model small,base --threads N --rounds 5 --python python3

import type { Reading } from './engine/contestant';
import { fastest, type MatmulReading, machineRates, mainShapes } from './engine/machine-rates';
import { maeContestant, peerPath, threadEnvironment, worker } from './engine/mae-contestants';
import { modelSizes } from './engine/model-sizes';
import { engineOptions } from './engine/options';
import { playRounds } from './engine/play-rounds';
import { median, relativeRange, rounded } from './engine/statistics';
import { operations, stepProducts } from './engine/step-products';

const { models, threads, rounds, python } = engineOptions();
const squares = ['1024x1024x1024', '2048x2048x2048', '4096x4096x4096'];
const shapes = [...squares, ...models.flatMap((model) => mainShapes(stepProducts(modelSizes[model]), 5))];
const flags = [`--threads=${threads}`, `--shapes=${shapes.join(',')}`];
const steps = models.flatMap((model) => ['compiled', 'torch-eager'].map((name) => ({ model, name })));

const { readings, loadAverages } = await playRounds<Reading | MatmulReading>(
  'engine-matmul',
  [
    { name: 'onnx', ...worker('matmul-worker.ts', ...flags) },
    {
      name: 'python',
      command: python,
      arguments: [peerPath('matmul.py'), ...flags],
      environment: threadEnvironment(threads),
    },
    ...steps.map(({ model, name }) => ({
      ...maeContestant(name, { model, threads, python }),
      name: `${name} ${model}`,
    })),
  ],
  rounds,
);
const ours = machineRates(readings.get('onnx') as MatmulReading[]);
const theirs = machineRates(readings.get('python') as MatmulReading[]);
const common = { unit: 'GFLOP/s', threads, loadAverages };

for (const { shape, rate, spread } of ours) {
  const peer = fastest(theirs.filter((other) => other.shape === shape));
  const ratio = peer === undefined ? null : rounded(rate / peer.rate);
  const peerFields = { peer: peer?.library ?? null, peerValue: peer?.rate ?? null, ratio };
  console.log(JSON.stringify({ bench: `engine-matmul/${shape}`, value: rate, spread, ...peerFields, ...common }));
}

const machine = fastest([...ours, ...theirs]);
if (machine === undefined) throw new Error('engine-matmul: neither ONNX Runtime nor a Python library ran');
for (const { model, name } of steps) {
  const { batch } = modelSizes[model];
  const lastBlock = name === 'compiled' ? 'masked' : 'all';
  const gigaOperations = operations(stepProducts(modelSizes[model], lastBlock)) / 1e9;
  const values = readings.get(`${name} ${model}`)!.map(({ value }) => (value / batch) * gigaOperations);
  if (values.length === 0) continue;
  console.log(
    JSON.stringify({
      bench: `engine-matmul/step-${model}-${name}`,
      value: rounded(median(values)),
      spread: values.length < 2 ? null : rounded(relativeRange(values)),
      peer: `the machine's rate: ${machine.library} at ${machine.shape}`,
      peerValue: machine.rate,
      ratio: rounded(median(values) / machine.rate),
      gigaOperationsPerStep: rounded(gigaOperations),
      ...common,
    }),
  );
}
