// Do parts stay where they are when the image is mirrored or cropped? A score without ground truth.

import { assertInteger, assertLength, type PatchGrid, SemmaeError } from '@semmae/core';

import { partContingency } from './part-contingency';

export interface PartView {
  /** Parts of the image, [N]. */
  parts: Uint8Array;
  /** Parts of another view of it, one for each of its patches. */
  view: Uint8Array;
  /** For each patch of the view the patch of the image that shows the same place, -1 where none does. */
  source: Int32Array;
}

export interface PartConsistencyScores {
  /** Mean IoU over the parts 1 .. P that occur, each against the same id; null where none does. */
  miou: number | null;
  /** IoU of each part 1 .. P, null for one that never occurs: [P]. */
  partIou: (number | null)[];
  /** IoU of background. */
  backgroundIou: number | null;
}

export interface PartConsistency {
  add(view: PartView): void;
  scores(): PartConsistencyScores;
}

/**
 * Collects patches that both views show over a whole data set and compares part ids, without any matching.
 *
 * Parts that follow the image's position rather than its content score low here, except where they are symmetric to the
 * view; one part that takes everything scores 1. Read it beside `partUsage`.
 */
export function partConsistency(partCount: number): PartConsistency {
  assertInteger('partConsistency', 'partCount', partCount);
  const contingency = partContingency();
  return {
    add({ parts, view, source }) {
      assertLength('partConsistency', 'source', source, view.length, 'name a source for each patch of the view');
      source.forEach((patch, index) => {
        if (patch < 0) return;
        contingency.addCount(assertPart(view[index], partCount), assertPart(parts[patch], partCount), 1);
      });
    },
    scores() {
      const [table, labels] = [contingency.table(), contingency.labels()];
      const iou = Array.from({ length: partCount + 1 }, (_, part) => {
        const [row, column] = [labels.predicted.indexOf(part), labels.truth.indexOf(part)];
        if (row < 0 && column < 0) return null;
        if (row < 0 || column < 0) return 0;
        const both = table[row]![column]!;
        const predicted = table[row]!.reduce((sum, count) => sum + count, 0);
        return both / (predicted + table.reduce((sum, counts) => sum + counts[column]!, 0) - both);
      });
      const present = iou.slice(1).filter((value) => value !== null);
      return {
        miou: present.length > 0 ? present.reduce((sum, value) => sum + value, 0) / present.length : null,
        partIou: iou.slice(1),
        backgroundIou: iou[0]!,
      };
    },
  };
}

/** `source` of the mirrored image: columns reversed, [N]. */
export function mirroredPatches({ columns, patchCount }: PatchGrid): Int32Array {
  return Int32Array.from({ length: patchCount }, (_, patch) => {
    const column = patch % columns;
    return patch - column + (columns - 1 - column);
  });
}

function assertPart(part: number | undefined, partCount: number): number {
  if (part !== undefined && part <= partCount) return part;
  const requirement = `sources must be patches of the image and part ids at most ${partCount}`;
  throw new SemmaeError({ where: 'partConsistency', requirement, got: part });
}
