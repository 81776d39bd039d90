import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { InferenceSession } from 'onnxruntime-common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { collectGraph } from '../graph/collect-graph';
import { createRecorder, record } from '../graph/emit';
import { encodeModel } from '../graph/encode-model';
import { add, multiply, withScalar } from '../graph/operators';
import { dataValue } from '../graph/value';
import { loadNodeRuntime } from '../runtime/node-runtime';
import type { OnnxRuntime, RuntimeSession } from '../runtime/onnx-runtime';
import { sessionOptions } from '../runtime/session-options';
import { withDiskCache } from './with-disk-cache';

const native = loadNodeRuntime();
const options = sessionOptions({ provider: 'cpu', threads: 1, spinMicroseconds: 0 });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** x -> 2x, then `rounds` times y -> xy + 1. */
function powersModel(rounds: number): Uint8Array {
  const x = dataValue('float32', [3], new Float32Array(3));
  const sum = record(createRecorder(), 'test', () => {
    let y = withScalar('Mul', x, 2);
    for (let round = 0; round < rounds; round++) y = withScalar('Add', multiply(x, y), 1);
    return add(y, x);
  });
  return encodeModel(collectGraph([sum]));
}

const rounds = 5;
const input = [0, 1, -2];
/** The same by hand. */
const expected = input.map((x) => {
  let y = 2 * x;
  for (let round = 0; round < rounds; round++) y = x * y + 1;
  return y + x;
});

function evaluate(session: RuntimeSession): number[] {
  const result = new Float32Array(3);
  const output = `n${2 * rounds + 1}_0`;
  session.run(
    { i0: native.tensor('float32', Float32Array.from(input), [3]) },
    { [output]: native.tensor('float32', result, [3]) },
  );
  session.release();
  return [...result];
}

/** A process of its own: its runtime, and the optimization levels it asked for. */
function startProcess({ folder: cacheFolder = folder, runtimeVersion = '1', smallestModel = 0, saves = true } = {}): {
  runtime: OnnxRuntime;
  levels: string[];
  warnings: string[];
} {
  const levels: string[] = [];
  const warnings: string[] = [];
  const watched: OnnxRuntime = {
    ...native,
    createSession(model, given) {
      const { graphOptimizationLevel, optimizedModelFilePath } = given as InferenceSession.SessionOptions;
      if (optimizedModelFilePath !== undefined && !saves) throw new Error('Save failed: No space left on device');
      levels.push(graphOptimizationLevel!);
      return native.createSession(model, given);
    },
  };
  const runtime = withDiskCache(watched, {
    folder: cacheFolder,
    runtimeVersion,
    smallestModel,
    warn: (message) => warnings.push(message),
  });
  return { runtime, levels, warnings };
}

describe('withDiskCache', () => {
  it('optimizes in the first process and only loads in the second, with equal results', () => {
    const model = powersModel(rounds);
    const [first, second] = [startProcess(), startProcess()];
    expect(evaluate(first.runtime.createSession(model, options))).toEqual(expected);
    expect(evaluate(second.runtime.createSession(model, options))).toEqual(expected);
    expect([first.levels, second.levels]).toEqual([['all'], ['disabled']]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('keeps another graph, other options and another version of the runtime apart', () => {
    const variants: [Parameters<typeof startProcess>[0], Uint8Array, object][] = [
      [{}, powersModel(rounds), options],
      [{}, powersModel(rounds + 1), options],
      [{}, powersModel(rounds), { ...options, intraOpNumThreads: 2 }],
      [{ runtimeVersion: '2' }, powersModel(rounds), options],
    ];
    for (const [surroundings, model, given] of variants) {
      const { runtime, levels } = startProcess(surroundings);
      runtime.createSession(model, given).release();
      expect(levels).toEqual(['all']);
    }
    expect(readdirSync(folder)).toHaveLength(variants.length);
  });

  it('keeps no small graphs, and none that another provider or a profile asked for', () => {
    const { runtime } = startProcess({ smallestModel: 1e6 });
    runtime.createSession(powersModel(rounds), options).release();
    const others = startProcess();
    const create = (given: object) => {
      expect(() => others.runtime.createSession(new Uint8Array(), given)).toThrow();
    };
    create({ ...options, executionProviders: ['webgpu', 'cpu'] });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['truncated', (path: string) => truncateSync(path, 40)],
    ['something else', (path: string) => writeFileSync(path, 'not a graph')],
  ])('writes a file again that is %s', (_, damage) => {
    const model = powersModel(rounds);
    evaluate(startProcess().runtime.createSession(model, options));
    damage(join(folder, readdirSync(folder)[0]!));
    const [second, third] = [startProcess(), startProcess()];
    expect(evaluate(second.runtime.createSession(model, options))).toEqual(expected);
    expect(evaluate(third.runtime.createSession(model, options))).toEqual(expected);
    expect([second.levels, third.levels, second.warnings]).toEqual([['all'], ['disabled'], []]);
  });

  it('warns once and goes on where the folder cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    const { runtime, warnings } = startProcess({ folder: join(folder, 'file', 'below') });
    for (const extra of [0, 1]) runtime.createSession(powersModel(rounds + extra), options).release();
    expect(evaluate(runtime.createSession(powersModel(rounds), options))).toEqual(expected);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^registerOnnxBackend: cacheFolder .*below must take compiled graphs, got ENOTDIR/);
  });

  it('warns once and goes on where the disk is full', () => {
    const { runtime, warnings } = startProcess({ saves: false });
    for (let times = 0; times < 2; times++)
      expect(evaluate(runtime.createSession(powersModel(rounds), options))).toEqual(expected);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('No space left on device');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('throws what is wrong with a model, without a warning', () => {
    const { runtime, warnings } = startProcess();
    expect(() => runtime.createSession(new Uint8Array([1, 2, 3]), options)).toThrow();
    expect(warnings).toEqual([]);
  });
});
