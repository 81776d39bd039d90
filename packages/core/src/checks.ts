// Argument checks for public edges. Each throws a SemmaeError that names the caller and the argument.

import { SemmaeError } from './semmae-error';

/** Passes integers >= `least` (default 1). */
export function assertInteger(
  where: string,
  name: string,
  value: number,
  { least = 1, remedy }: { least?: number | undefined; remedy?: string | undefined } = {},
): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new SemmaeError({ where, requirement: `${name} must be an integer of at least ${least}`, got: value, remedy });
}

/** Passes finite numbers strictly between 0 and 1: a ratio that leaves something on both sides. */
export function assertFraction(where: string, name: string, value: number): void {
  if (value > 0 && value < 1) return;
  throw new SemmaeError({
    where,
    requirement: `${name} must lie strictly between 0 and 1`,
    got: value,
    remedy: 'a typical value is 0.75',
  });
}

/** Passes finite numbers in [least, most]. */
export function assertRange(where: string, name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most && Number.isFinite(value)) return;
  throw new SemmaeError({ where, requirement: `${name} must be between ${least} and ${most}`, got: value });
}

/** Passes one of a closed set of words. */
export function assertOneOf<T extends string>(
  where: string,
  name: string,
  value: string,
  choices: readonly T[],
): asserts value is T {
  if ((choices as readonly string[]).includes(value)) return;
  throw new SemmaeError({ where, requirement: `${name} must be one of ${choices.join(', ')}`, got: value });
}

/** Passes array-likes of exactly `length` values. */
export function assertLength(
  where: string,
  name: string,
  value: ArrayLike<unknown>,
  length: number,
  remedy?: string,
): void {
  if (value.length === length) return;
  throw new SemmaeError({ where, requirement: `${name} must hold ${length} values`, got: value.length, remedy });
}

/** Passes shapes that agree with `expected`, where null stands for any size: `[null, 196, 768]`. */
export function assertShape(
  where: string,
  name: string,
  shape: readonly (number | null)[],
  expected: readonly (number | null)[],
  remedy?: string,
): void {
  const agrees =
    shape.length === expected.length && expected.every((size, axis) => size === null || shape[axis] === size);
  if (agrees) return;
  const written = expected.map((size) => size ?? 'any').join(', ');
  throw new SemmaeError({
    where,
    requirement: `${name} must have shape [${written}]`,
    got: `[${shape.join(', ')}]`,
    remedy,
  });
}
