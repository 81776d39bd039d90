// Names of rows from a column of the table.

import { SemmaeError } from '@semmae/core';

import type { ColumnValue } from './read-column';

/** The values as texts; of a path, without its extension. Throws a SemmaeError unless every row has a name of its own. */
export function rowIds(where: string, values: readonly ColumnValue[], column: readonly string[]): readonly string[] {
  const isPath = column.at(-1) === 'path';
  const rowOfId = new Map<string, number>();
  for (const [row, value] of values.entries()) {
    const id = isPath ? String(value ?? '').replace(/\.\w+$/, '') : String(value ?? '');
    const earlier = rowOfId.get(id);
    if (id !== '' && earlier === undefined) {
      rowOfId.set(id, row);
      continue;
    }
    throw new SemmaeError({
      where,
      requirement: `column ${column.join('.')} must name every row differently`,
      got: id === '' ? `nothing in row ${row}` : `${id} in rows ${earlier} and ${row}`,
      remedy: 'name another column, or none: rows are then named by file and number',
    });
  }
  return [...rowOfId.keys()];
}
