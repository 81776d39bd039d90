// Intersection over union of predicted and true parts, one to one and many to one, over a whole data set.

import { linearAssignment } from './linear-assignment';
import type { ContingencyTable } from './part-contingency';

export interface PartMatching {
  /** IoU of every predicted label (rows) with every true label (columns). */
  iou: number[][];
  /** Row that the best one-to-one matching gives to each column, -1 for none. */
  matches: number[];
  /** Mean over true labels of the IoU with their match, 0 for a true label without one. Predicted labels left over cost only their samples. */
  miou: number;
  /** Mean over predicted labels of the IoU with the true label that suits them best. */
  manyToOneIou: number;
  /** Mean over true labels of the IoU with the union of the predicted labels that lie mostly in them. */
  mergedMiou: number;
  /** Share of samples whose predicted label lies mostly in their true label. */
  purity: number;
}

/**
 * Matches by the largest sum of IoUs (Hungarian method on costs -IoU, padded to a square). Every label of the table takes
 * part, so leave the background out of the table, or in, according to the score that is meant. Null
 * without samples.
 */
export function partMatching(table: ContingencyTable): PartMatching | null {
  const truthCount = table[0]?.length ?? 0;
  if (truthCount === 0) return null;
  const truthSizes = columnSums(table);
  const iou = intersectionOverUnion(table, truthSizes);
  const rowToColumn = linearAssignment(iou.map((row) => row.map((value) => -value)));
  const matches = truthSizes.map((_, truth) => rowToColumn.indexOf(truth));

  const merged = truthSizes.map(() => truthSizes.map(() => 0));
  let [agreeing, total] = [0, 0];
  for (const row of table) {
    const home = row.indexOf(Math.max(...row));
    row.forEach((count, truth) => {
      merged[home]![truth]! += count;
      total += count;
    });
    agreeing += row[home]!;
  }
  const mergedIou = intersectionOverUnion(merged, truthSizes);
  return {
    iou,
    matches,
    miou: mean(matches.map((row, truth) => (row < 0 ? 0 : iou[row]![truth]!))),
    manyToOneIou: mean(iou.map((row) => Math.max(...row))),
    mergedMiou: mean(mergedIou.map((row, truth) => row[truth]!)),
    purity: agreeing / total,
  };
}

function intersectionOverUnion(table: ContingencyTable, truthSizes: readonly number[]): number[][] {
  return table.map((row) => {
    const size = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, truth) => (count === 0 ? 0 : count / (size + truthSizes[truth]! - count)));
  });
}

function columnSums(table: ContingencyTable): number[] {
  return table[0]!.map((_, column) => table.reduce((sum, row) => sum + row[column]!, 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
