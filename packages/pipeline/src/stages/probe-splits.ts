// Who is trained on and who is judged in a probe, for each seed.

import { createRng, SemmaeError } from '@semmae/core';
import { type HeldOutSplit, heldOutSplit } from '@semmae/evaluation';

import type { LabeledRow } from '../features/labeled-images';
import type { ProbeResult } from './probe-result';

export interface ProbeSplits {
  /** Of classes that can be trained on and judged; those to be trained on first where they are given. */
  rows: LabeledRow[];
  /** Place of each row's class in `classes`. */
  labels: Int32Array;
  /** Of the rows, for each seed. Depends on labels and seed alone. */
  splits: HeldOutSplit[];
  /** In the order of their labels; the numbers are the same in all splits. */
  classes: ProbeResult['classes'];
  classesLeftOut: ProbeResult['leftOut']['classes'];
}

export interface ProbeSplitsOptions {
  data: readonly LabeledRow[];
  /** Ready-made test images: the one split has all of `data` on the other side. */
  test?: readonly LabeledRow[];
  seeds: readonly number[];
  heldOutShare: number;
}

export function probeSplits({ data, test, seeds, heldOutShare }: ProbeSplitsOptions): ProbeSplits {
  if (data.length === 0) {
    const remedy = 'put the images of each class into a folder of its own';
    throw problem('the images must have class labels', 'none', remedy);
  }
  const least = test ? 1 : 2; // to train on, and to judge
  const sizes = classSizes(data);
  const names = [...sizes.keys()].filter((name) => sizes.get(name)! >= least);
  if (names.length < 2) {
    const requirement = `there must be at least 2 classes of at least ${least} ${least === 1 ? 'image' : 'images'}`;
    throw problem(requirement, names[0] === undefined ? 'none' : `${names[0]} alone`);
  }
  const labelOf = new Map(names.map((name, label) => [name, label]));
  const kept = (all: readonly LabeledRow[]) => all.filter(({ className }) => labelOf.has(className));
  const rows = [...kept(data), ...kept(test ?? [])];
  const labels = Int32Array.from(rows, ({ className }) => labelOf.get(className)!);
  const fitted = Int32Array.from(kept(data).keys());
  const heldOut = Int32Array.from(rows.keys()).subarray(fitted.length);
  if (test && heldOut.length === 0) throw problem(`test images must be of the classes ${names.join(', ')}`, 'none');
  const splits = test
    ? [{ fitted, heldOut }]
    : seeds.map((seed) => heldOutSplit(labels, heldOutShare, createRng(seed).split('probe'), { least: 1 }));
  const countsIn = (part: Int32Array) => {
    const counts = names.map(() => 0);
    for (const row of part) counts[labels[row]!]!++;
    return counts;
  };
  const [train, judged] = [countsIn(splits[0]!.fitted), countsIn(splits[0]!.heldOut)];
  return {
    ...{ rows, labels, splits },
    classes: names.map((name, label) => ({ name, train: train[label]!, test: judged[label]! })),
    classesLeftOut: [...classSizes([...data, ...(test ?? [])])].flatMap(([name, images]) =>
      labelOf.has(name) ? [] : [{ name, images }],
    ),
  };
}

/** Images of each class, in the order of the labels. */
function classSizes(rows: readonly LabeledRow[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { className } of [...rows].sort((a, b) => a.label - b.label)) {
    sizes.set(className, (sizes.get(className) ?? 0) + 1);
  }
  return sizes;
}

function problem(requirement: string, got: string, remedy?: string): SemmaeError {
  return new SemmaeError({ where: 'probe', requirement, got, remedy });
}
