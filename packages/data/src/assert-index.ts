// The check that every data set makes of an index.

import { SemmaeError } from '@semmae/core';

/** Passes integers in 0..length-1. */
export function assertIndex(where: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new SemmaeError({ where, requirement: `index must be an integer in 0..${length - 1}`, got: index });
}
