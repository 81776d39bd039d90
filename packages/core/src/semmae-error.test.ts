import { describe, expect, it } from 'vitest';

import { assertFraction, assertLength, assertOneOf, assertRange, assertShape } from './checks';
import { SemmaeError } from './semmae-error';

describe('SemmaeError', () => {
  it('reads as where, rule, value, remedy, and keeps them as fields', () => {
    const error = new SemmaeError({ where: 'here', requirement: 'x must hold', got: [1, 2], remedy: 'do y' });
    expect(error.message).toBe('here: x must hold, got [1, 2]; do y');
    expect(error).toMatchObject({ where: 'here', requirement: 'x must hold', got: [1, 2], remedy: 'do y' });
  });

  it('shortens long lists', () => {
    const error = new SemmaeError({ where: 'w', requirement: 'r', got: new Float32Array(100) });
    expect(error.message).toBe('w: r, got [0, 0, 0, 0, 0, 0, 0, 0, … (100 values)]');
  });

  it('shortens long texts', () => {
    const error = new SemmaeError({ where: 'w', requirement: 'r', got: 'x'.repeat(5000) });
    expect(error.message).toBe(`w: r, got ${'x'.repeat(1000)}… (5000 characters)`);
  });

  it('is one line that no terminal obeys', () => {
    const error = new SemmaeError({ where: 'a\nb', requirement: '\u001b[2Jr', got: new Error('two\u2028lines\u0085') });
    expect(error.message).toBe('a\\nb: \\u001b[2Jr, got two\\u2028lines\\u0085');
  });

  it('is recognized across copies of the package by its mark, not its class', () => {
    const foreign = Object.assign(new Error('from another copy'), { [Symbol.for('@semmae/error')]: true });
    expect(SemmaeError.isInstance(foreign)).toBe(true);
    expect(SemmaeError.isInstance(new Error('plain'))).toBe(false);
  });
});

describe('checks', () => {
  it.each([
    [() => assertFraction('f', 'maskRatio', 1), 'f: maskRatio must lie strictly between 0 and 1, got 1'],
    [() => assertFraction('f', 'maskRatio', Number.NaN), 'got NaN'],
    [() => assertRange('f', 'alpha', 2, 0, 1), 'f: alpha must be between 0 and 1, got 2'],
    [() => assertOneOf('f', 'mode', 'up', ['high', 'low']), 'f: mode must be one of high, low, got up'],
    [() => assertLength('f', 'parts', [1, 2], 3), 'f: parts must hold 3 values, got 2'],
    [() => assertShape('f', 'tokens', [2, 3], [null, 5]), 'f: tokens must have shape [any, 5], got [2, 3]'],
  ])('%# names the argument and the value', (check, message) => {
    expect(check).toThrow(message);
  });

  it('lets good values through', () => {
    assertFraction('f', 'maskRatio', 0.75);
    assertRange('f', 'alpha', 0, 0, 1);
    assertShape('f', 'tokens', [7, 5], [null, 5]);
  });
});
