import { describe, expect, it } from 'vitest';

import { atLeastZero, gridSize, imageSize, integer, mapBlur, oneOf } from './option-parsers';

describe('option parsers', () => {
  it('read what they should', () => {
    expect(integer('--steps')('12')).toBe(12);
    expect(atLeastZero('--rate')('1e-3')).toBe(0.001);
    expect(oneOf('--x', ['a', 'b'])('b')).toBe('b');
    expect([imageSize('--s')('224'), imageSize('--s')('224x160')]).toEqual([
      { height: 224, width: 224 },
      { height: 224, width: 160 },
    ]);
    expect(gridSize('--g')('28x20')).toEqual({ rows: 28, columns: 20 });
    expect([mapBlur('--b')('none'), mapBlur('--b')('box:5')]).toEqual([{ kind: 'none' }, { kind: 'box', size: 5 }]);
  });

  it.each([
    [() => integer('--steps')('0'), '--steps: must be an integer of at least 1, got 0; see --help'],
    [() => integer('--steps')(''), 'an integer of at least 1'],
    [() => integer('--steps')('many'), 'got many'],
    [() => atLeastZero('--rate')('-1'), '--rate: must be a number of at least 0, got -1'],
    [() => oneOf('--x', ['a', 'b'])('c'), '--x: must be one of a, b, got c'],
    [() => imageSize('--s')('0x3'), 'a size such as 224 or 224x160'],
    [() => gridSize('--g')('28 x 28'), 'a grid such as 28x28'],
    [() => mapBlur('--b')('gauss'), 'gaussian, box or none, with a size such as gaussian:7, got gauss'],
  ])('refuse %o', (parse, message) => {
    expect(parse).toThrow(message);
  });
});
