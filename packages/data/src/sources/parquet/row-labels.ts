// Labels of rows, from numbers or from texts.

import { SemmaeError } from '@semmae/core';

import { classNumbers } from '../class-numbers';
import type { ColumnValue } from './read-column';

export interface RowLabels {
  classNames: readonly string[];
  /** Undefined where the table has no label, or a negative one, as hidden labels of test splits are. */
  at(row: number): number | undefined;
}

/** More are no classes: the column numbers something else. */
const mostClasses = 2 ** 20;

/**
 * Numbers are indices into `classNames`, or classes named by their numbers where there are no names; texts are the names of classes,
 * which are numbered by sorted name. Throws a SemmaeError for numbers without a name.
 */
export function rowLabels(
  where: string,
  values: readonly ColumnValue[],
  classNames: readonly string[] | undefined,
): RowLabels {
  if (values.some((value) => typeof value === 'string')) return namedLabels(values);
  const labels = Int32Array.from(values, (value, row) => {
    const label = value === undefined ? -1 : Math.max(-1, Number(value));
    if (Number.isInteger(label) && label < (classNames?.length ?? mostClasses)) return label;
    const requirement =
      classNames === undefined
        ? 'labels must be integers below 2^20'
        : `labels must be below ${classNames.length}, the number of names`;
    throw new SemmaeError({ where, requirement, got: `${value} in row ${row}` });
  });
  return { classNames: classNames ?? classNumbers(labels), at: atOf(labels) };
}

function namedLabels(values: readonly ColumnValue[]): RowLabels {
  const classNames = [...new Set(values.flatMap((value) => (value === undefined ? [] : [String(value)])))].sort();
  const numbers = new Map(classNames.map((name, label) => [name, label]));
  return { classNames, at: atOf(Int32Array.from(values, (value) => numbers.get(String(value)) ?? -1)) };
}

function atOf(labels: Int32Array): RowLabels['at'] {
  return (row) => (labels[row]! < 0 ? undefined : labels[row]);
}
