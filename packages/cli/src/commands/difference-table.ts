// What differs between two files of weights, as lines of text.

import { escapeControls } from '@semmae/core';
import type { CheckpointDifference } from '@semmae/pipeline';

import { textTable } from '../terminal/text-table';

/** A line for each tensor that is not the same to the tolerance, and one that counts. */
export function differenceTable(difference: CheckpointDifference, tolerance: number, columns?: number): string {
  const { tensors, otherShape, onlyBefore, onlyAfter } = difference;
  const others = tensors.filter(({ absolute }) => absolute > tolerance);
  const rows = others.map(({ name, shape, absolute, relative }) => [
    ...[`~ ${name}`, shapeText(shape), absolute.toExponential(1), relative.toExponential(1)],
  ]);
  const header = ['  tensor', 'shape', 'largest', 'relative'];
  return [
    ...(rows.length > 0 ? textTable([header, ...rows], { columns, right: [2, 3] }) : []),
    ...otherShape.map(
      ({ name, shapes: [one, other] }) => `! ${name}: ${shapeText(one)} in A, ${shapeText(other)} in B`,
    ),
    ...onlyBefore.map((name) => `< ${name}`),
    ...onlyAfter.map((name) => `> ${name}`),
    summaryOf(difference, others.length, tolerance),
  ]
    .map(escapeControls)
    .join('\n');
}

function summaryOf(
  { tensors, otherShape, onlyBefore, onlyAfter }: CheckpointDifference,
  differing: number,
  tolerance: number,
): string {
  const [first] = tensors.toSorted((one, other) => other.absolute - one.absolute);
  const largest = first?.absolute ? `, largest difference ${first.absolute.toExponential(1)} in ${first.name}` : '';
  const counts = [
    [differing, 'different'],
    [otherShape.length, 'of another shape'],
    [onlyBefore.length, 'only in A'],
    [onlyAfter.length, 'only in B'],
  ] as const;
  const rest = counts.flatMap(([count, what]) => (count > 0 ? `, ${count} ${what}` : []));
  const precision = tolerance > 0 ? ` to ${tolerance}` : '';
  const equal = tensors.length - differing;
  return `${equal} ${equal === 1 ? 'tensor' : 'tensors'} equal${precision}${rest.join('')}${largest}`;
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
