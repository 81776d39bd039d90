import { describe, expect, it } from 'vitest';

import { collectGraph } from '../graph/collect-graph';
import { createRecorder, record } from '../graph/emit';
import { encodeModel } from '../graph/encode-model';
import { unary } from '../graph/operators';
import { dataValue } from '../graph/value';
import { loadNodeRuntime } from './node-runtime';
import { runUnconverted, withUnconvertedOutput } from './unconverted-outputs';

const size = 2 ** 20;
const negation = () => unary('Neg', dataValue('float32', [size], new Float32Array(size)));
const model = encodeModel(collectGraph([record(createRecorder(), 'Neg', negation)]));

describe('unconverted outputs', () => {
  it('leave no second copy of what a run has written', () => {
    const runtime = loadNodeRuntime();
    const session = runtime.createSession(withUnconvertedOutput(model), {});
    const data = new Float32Array(size);
    const feeds = { i0: runtime.tensor('float32', new Float32Array(size).fill(3), [size]) };
    const fetches = { n0_0: runtime.tensor('float32', data, [size]) };
    session.run(feeds, fetches);
    const before = process.memoryUsage().arrayBuffers;
    for (let time = 0; time < 5; time++) session.run(feeds, fetches);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * size); // each copy has 4 bytes a number
    expect(data.every((value) => value === -3)).toBe(true);
    session.release();
  });

  it('hide no other error', () => {
    const runtime = loadNodeRuntime();
    const session = runtime.createSession(withUnconvertedOutput(model), { logSeverityLevel: 4 });
    const wrong = { i0: runtime.tensor('float32', new Float32Array(7), [7]) };
    expect(() => session.run(wrong, { n0_0: runtime.tensor('float32', new Float32Array(7), [7]) })).toThrow(
      /invalid dimensions/,
    );
    session.release();
  });

  it('are no obstacle to a binding that converts them', () => {
    const seen: string[] = [];
    runUnconverted((fetches) => seen.push(...Object.keys(fetches)), { a: 1 });
    expect(seen).toEqual(['run-is-over', 'a']);
  });
});
