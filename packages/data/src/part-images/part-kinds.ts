// The kinds of parts that the built-in objects are assembled from, each with the texture it always wears.

import type { TextureName } from './textures';

export type PartName = 'body' | 'head' | 'limb' | 'tail' | 'wing' | 'wheel';

export interface PartKind {
  readonly name: PartName;
  /** Hues are drawn anew for every image: pattern and tone tell kinds apart. */
  readonly texture: TextureName;
  /** How much lighter than its object a part of this kind is painted, in HSL lightness. */
  readonly tone: number;
  /** Length of one repetition of the pattern in object units (objects span about 2 units). */
  readonly period: number;
}

/** Part id `p` in a part map is `partKinds[p - 1]`. */
export const partKinds: readonly PartKind[] = [
  { name: 'body', texture: 'checks', tone: -0.072, period: 0.56 },
  { name: 'head', texture: 'dots', tone: 0.12, period: 0.336 },
  { name: 'limb', texture: 'bands', tone: -0.144, period: 0.308 },
  { name: 'tail', texture: 'chevrons', tone: 0.048, period: 0.336 },
  { name: 'wing', texture: 'grain', tone: 0.168, period: 0.28 },
  { name: 'wheel', texture: 'rings', tone: -0.192, period: 0.308 },
];

/** The id of a part kind in part maps, 1..6. */
export function partId(name: PartName): number {
  return partKinds.findIndex((kind) => kind.name === name) + 1;
}
