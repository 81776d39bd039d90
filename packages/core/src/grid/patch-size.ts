// The sides of a patch.

import { assertInteger } from '../checks';

/** Sides in pixels of a patch, or of the step from one to the next: a number where both are equal. */
export type PatchSize = number | PatchSides;

/** A type and not an interface, so that it is plain data of a configuration. */
export type PatchSides = {
  readonly height: number;
  readonly width: number;
};

/** Both sides, whichever way they are written. */
export function patchSides(size: PatchSize): PatchSides {
  return typeof size === 'number' ? { height: size, width: size } : size;
}

/** The short way to write them: a number where both are equal. */
export function patchSizeOf({ height, width }: PatchSides): PatchSize {
  return height === width ? height : { height, width };
}

/** For messages: `16`, or `16x8` (height x width). */
export function patchSizeText(size: PatchSize): string {
  const { height, width } = patchSides(size);
  return height === width ? `${height}` : `${height}x${width}`;
}

/** Passes whole sides of at least 1. */
export function assertPatchSize(where: string, name: string, size: PatchSize): void {
  for (const side of Object.values(patchSides(size))) assertInteger(where, name, side);
}
