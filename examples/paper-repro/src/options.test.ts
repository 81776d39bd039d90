import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';

import { parseOptions } from './options';
import { presets } from './presets';

const parse = (...parameters: string[]) => parseOptions(['node', 'main.ts', ...parameters]);

describe('parseOptions', () => {
  it('compares every strategy on the demo by default', () => {
    expect(parse()).toEqual({
      preset: 'demo',
      data: undefined,
      out: undefined,
      seeds: presets.demo.seeds,
      strategies: presets.demo.strategies,
      backend: 'cpu',
      jobs: availableParallelism(),
      resume: false,
    });
  });

  it('takes the number of seeds from the preset unless told', () => {
    expect(parse('--preset', 'quick').seeds).toBe(1);
    expect(parse('--preset', 'quick', '--seeds', '7').seeds).toBe(7);
  });

  it('keeps the order of strategies and drops repetitions', () => {
    expect(parse('--strategies', 'semantic, random,semantic').strategies).toEqual(['semantic', 'random']);
  });

  it.each([
    [['--preset', 'huge'], 'repro: --preset must be one of quick, demo, full, got huge'],
    [['--backend', 'tpu'], 'repro: --backend must be one of cpu, webgpu, cuda, wasm, tensorflow, got tpu'],
    [['--strategies', 'random,blocks'], /--strategies must be one of random, .* got blocks/],
    [['--seeds', '0'], 'repro: --seeds must be an integer of at least 1, got 0'],
    [['--seeds', 'three'], 'got NaN'],
  ])('answers %j in one line', (parameters, message) => {
    expect(() => parse(...parameters)).toThrow(message);
  });
});
