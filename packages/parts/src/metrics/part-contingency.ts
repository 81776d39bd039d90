// Counts of (predicted, true) label pairs over a whole data set, the one thing that the part scores need.

import { assertInteger, assertLength } from '@semmae/core';

export interface PartContingency {
  /** Adds two label arrays of one length, image after image. */
  add(predicted: ArrayLike<number>, truth: ArrayLike<number>): void;
  /** Adds `count` samples to one cell, up to 2^53 in total. */
  addCount(predicted: number, truth: number, count: number): void;
  /** The table as rows of predicted labels x columns of true labels; labels that never occurred are absent. */
  table(): ContingencyTable;
  /** The labels that the rows and the columns of `table()` stand for, ascending. */
  labels(): ContingencyLabels;
}

export interface ContingencyLabels {
  predicted: number[];
  truth: number[];
}

/** Sample counts [predicted][truth]; exact integers in doubles. */
export type ContingencyTable = readonly (readonly number[])[];

/** An empty accumulator. Labels are integers of at least 0. */
export function partContingency(): PartContingency {
  const rows = new Map<number, Map<number, number>>();
  function addCount(predicted: number, truth: number, count: number): void {
    let row = rows.get(predicted);
    if (row === undefined) {
      assertInteger('partContingency', 'predicted', predicted, { least: 0 });
      row = new Map();
      rows.set(predicted, row);
    }
    const present = row.get(truth);
    if (present === undefined) assertInteger('partContingency', 'truth', truth, { least: 0 });
    row.set(truth, (present ?? 0) + count);
  }
  function labels(): ContingencyLabels {
    const truths = new Set([...rows.values()].flatMap((row) => [...row.keys()]));
    return { predicted: ascending(rows.keys()), truth: ascending(truths) };
  }
  return {
    labels,
    addCount(predicted, truth, count) {
      assertInteger('partContingency', 'count', count);
      addCount(predicted, truth, count);
    },
    add(predicted, truth) {
      assertLength('partContingency', 'predicted', predicted, truth.length, 'label the same samples in both arrays');
      for (let sample = 0; sample < truth.length; sample++) addCount(predicted[sample]!, truth[sample]!, 1);
    },
    table() {
      const { predicted, truth } = labels();
      return predicted.map((row) => truth.map((column) => rows.get(row)!.get(column) ?? 0));
    },
  };
}

function ascending(labels: Iterable<number>): number[] {
  return [...labels].sort((a, b) => a - b);
}
