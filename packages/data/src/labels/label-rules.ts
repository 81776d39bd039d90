// What the numbers of label files mean.

import { assertRange, SemmaeError } from '@semmae/core';

/** Ids by color: the place in a list of [red, green, blue], or `{ '#ff0000': 1, '0,128,0': 2 }`. */
export type ColorTable = readonly (readonly number[])[] | Readonly<Record<string, number>>;

export interface LabelRules {
  /** Id of pixels without a label, which nothing scores or learns from: 255 in many data sets. Default: every id is a part, 0 background. */
  ignoreLabel?: number | undefined;
  /** For label files that are RGB. Those of a palette or of gray keep their numbers. */
  colorTable?: ColorTable | undefined;
}

export const highestId = 65535;

/** Throws a SemmaeError for rules that no file could follow. */
export function assertLabelRules(where: string, { ignoreLabel, colorTable }: LabelRules): void {
  if (ignoreLabel !== undefined) assertId(where, 'ignoreLabel', ignoreLabel);
  if (colorTable !== undefined) idsByColor(where, colorTable);
}

/** Ids by red * 65536 + green * 256 + blue. Throws a SemmaeError for a table that is none. */
export function idsByColor(where: string, table: ColorTable): ReadonlyMap<number, number> {
  const entries: [string, number][] = Array.isArray(table)
    ? table.map((color: readonly number[], id): [string, number] => [color.join(','), id])
    : Object.entries(table as Readonly<Record<string, number>>);
  const ids = new Map<number, number>();
  for (const [text, id] of entries) {
    const color = colorOf(text);
    if (color === undefined || ids.has(color)) {
      const requirement = 'colorTable must name each color once, as [red, green, blue], "red,green,blue" or "#rrggbb"';
      throw new SemmaeError({ where, requirement, got: text });
    }
    assertId(where, `colorTable, id of ${text},`, id);
    ids.set(color, id);
  }
  return ids;
}

function colorOf(text: string): number | undefined {
  const hexadecimal = /^#([0-9a-f]{6})$/i.exec(text)?.[1];
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal, 16);
  const parts = /^(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts[0]! * 65536 + parts[1]! * 256 + parts[2]!;
}

function assertId(where: string, name: string, id: number): void {
  assertRange(where, name, id, 0, highestId);
  if (!Number.isInteger(id)) throw new SemmaeError({ where, requirement: `${name} must be an integer`, got: id });
}
