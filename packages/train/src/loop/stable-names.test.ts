import { describe, expect, it } from 'vitest';

import { stableNames } from './stable-names';

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('stableNames', () => {
  it('gives the second model of a process the names of the first', () => {
    expect(stableNames(named('encoder/cls_token_1', 'encoder/blocks.0.norm1.gamma_1'))).toEqual([
      'encoder/cls_token',
      'encoder/blocks.0.norm1.gamma',
    ]);
  });

  it('numbers nameless variables and equal names in their order', () => {
    expect(stableNames(named('17', '42', 'conv_1', 'conv_2', 'dense'))).toEqual([
      'variable',
      'variable#1',
      'conv',
      'conv#1',
      'dense',
    ]);
  });
});
