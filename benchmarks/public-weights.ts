// Public checkpoints: how far every family is from its own network on small fixtures, and what files of published sizes cost.
// Options: --sizes dino-s8,mae-b16,dinov2-l14-registers,mae-h14,dinov2-g14 (default none) --python python3 (with torch and safetensors)
// A size is written by PyTorch into a temporary folder, up to 4.5 GB, and loaded in a process of its own.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openTensorFile, usePublicModel } from '@semmae/checkpoints';
import { buildPublicModel } from '@semmae/pipeline';
import { registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';

import { fixtureNames, imagesOf, openFixture, parityOf } from '../packages/pipeline/src/__fixtures__/public-fixtures';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '' },
    python: { type: 'string', default: 'python3' },
    load: { type: 'string' }, // a folder that full_sizes.py has written: the process of one size
  },
  allowPositionals: true,
});
const generator = fileURLToPath(new URL('../packages/checkpoints/fixtures/families/full_sizes.py', import.meta.url));

await registerOnnxBackend({ threads: 2 });
await tf.setBackend('onnx');
if (values.load !== undefined) await loadFullSize(values.load);
else {
  for (const name of fixtureNames) await compareFixture(name);
  for (const size of values.sizes.split(',').filter((name) => name !== '')) await measureSize(size);
}

async function compareFixture(name: string): Promise<void> {
  const fixture = await openFixture(name);
  const { refused, networks = [undefined] } = fixture.facts;
  for (const network of refused === undefined ? networks : []) {
    const { model, deviations } = await parityOf(fixture, network);
    const largest = (pattern: RegExp) => {
      const own = [...deviations].filter(([one]) => pattern.test(one)).map(([, deviation]) => deviation);
      return own.length === 0 ? undefined : Number(Math.max(...own).toPrecision(2));
    };
    print({
      ...{ fixture: name, network: model.network, family: model.family },
      ...{ loaded: model.report.loaded.length, leftOut: model.report.leftOut.length },
      ...{
        blocks: largest(/^block\./),
        tokens: largest(/^(class|patches|pooled|hidden)/),
        otherSize: largest(/^other\.[cp](?!os)/),
      },
      ...{
        positions: largest(/positions/),
        heads: largest(/^head/),
        loss: largest(/^loss/),
        gradients: largest(/^gradient/),
      },
    });
  }
}

function measureSize(size: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'public-weights-'));
  try {
    run(values.python, [generator, size, folder]);
    const self = fileURLToPath(import.meta.url);
    const megabytes = Math.round(statSync(join(folder, 'checkpoint.pth')).size / 2 ** 20);
    print({ size, megabytes, ...JSON.parse(run(process.execPath, [...process.execArgv, self, '--load', folder])) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, parameters: string[]): string {
  const { status, stdout, error } = spawnSync(program, parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return stdout;
  throw new Error(`bench: ${program} ${parameters[0]} must succeed, got ${error?.message ?? `status ${status}`}`);
}

async function loadFullSize(folder: string): Promise<void> {
  const resident = () => Math.round(process.memoryUsage().rss / 2 ** 20);
  const peak = () => Math.round(process.resourceUsage().maxRSS / 2 ** 10);
  const [before, began, cpu] = [resident(), performance.now(), process.cpuUsage()];
  const seconds = (from: number) => Number(((performance.now() - from) / 1000).toFixed(2));
  let described = 0;
  const loaded = await usePublicModel(join(folder, 'checkpoint.pth'), {}, async (model) => {
    described = seconds(began);
    return {
      family: model.family,
      tensors: model.report.loaded.length,
      notes: model.notes,
      ...(await buildPublicModel(model)),
    };
  });
  const costs = {
    describeSeconds: described,
    loadSeconds: seconds(began),
    loadCpuSeconds: Number(((process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / 1e6).toFixed(2)),
    megabytesBefore: before,
    peakMegabytes: peak(),
    megabytesAfter: resident(),
  };
  const forward = performance.now();
  const side = 224;
  const encoding = loaded.encoder.encode(imagesOf(1, [side, side], { height: 1, width: 1 }));
  const expected = await openTensorFile(join(folder, 'expected.safetensors'));
  const deviations: Record<string, number> = {};
  for (const [name, tokens] of [
    ['class', encoding.classToken!],
    ['patches', encoding.patchTokens],
  ] as const) {
    const [wanted, got] = [(await expected.read(name)) as Float32Array, await tokens.data()];
    deviations[name] = Number(
      wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - got[at]!)), 0).toPrecision(2),
    );
  }
  const { family, tensors } = loaded;
  print({ family, tensors, ...costs, forwardSeconds: seconds(forward), peakMegabytesWithForward: peak(), deviations });
}

function print(line: object): void {
  console.log(JSON.stringify(line));
}
