// The kinds of parts that the built-in objects are assembled from, each with the texture it always wears.

import type { TextureName } from './textures';

export type PartName = 'body' | 'head' | 'limb' | 'tail' | 'wing' | 'wheel';

export interface PartKind {
  readonly name: PartName;
  /** Colors are drawn anew for every image: only the pattern tells kinds apart. */
  readonly texture: TextureName;
  /** Length of one repetition of the pattern in object units (objects span about 2 units). */
  readonly period: number;
}

/** Part id `p` in a part map is `partKinds[p - 1]`. */
export const partKinds: readonly PartKind[] = [
  { name: 'body', texture: 'checks', period: 0.4 },
  { name: 'head', texture: 'dots', period: 0.24 },
  { name: 'limb', texture: 'bands', period: 0.22 },
  { name: 'tail', texture: 'chevrons', period: 0.24 },
  { name: 'wing', texture: 'grain', period: 0.2 },
  { name: 'wheel', texture: 'rings', period: 0.22 },
];

/** The id of a part kind in part maps, 1..6. */
export function partId(name: PartName): number {
  return partKinds.findIndex((kind) => kind.name === name) + 1;
}
