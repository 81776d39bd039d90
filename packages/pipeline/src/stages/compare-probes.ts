// Two models by the same probe, split by split.

import { SemmaeError } from '@semmae/core';
import { comparePaired, type PairedComparison, type Protocol } from '@semmae/evaluation';

import type { ProbeResult } from './probe-result';

export interface ProbeComparison extends PairedComparison {
  protocol: Protocol;
  /** Of k-NN. */
  k?: number;
}

/** Accuracies of `a` less those of `b`, for each protocol of both. Throws a SemmaeError unless they are of the same images and splits. */
export function compareProbes(a: ProbeResult, b: ProbeResult): ProbeComparison[] {
  const splitOf = ({ data, test, seeds, heldOutShare, classes }: ProbeResult) =>
    JSON.stringify({ data: data.sha256, test: test?.sha256, seeds, heldOutShare, classes });
  if (splitOf(a) !== splitOf(b)) {
    throw new SemmaeError({
      where: 'compareProbes',
      requirement: 'both results must be of the same images, classes, seeds and held-out share',
      got: `${a.data.images} images of ${a.data.name} and ${b.data.images} of ${b.data.name}`,
      remedy: 'probe both models with the same options',
    });
  }
  return a.scores.flatMap(({ protocol, k, accuracy }) => {
    const other = b.scores.find((score) => score.protocol === protocol && score.k === k);
    if (other === undefined) return [];
    return [{ protocol, ...(k !== undefined && { k }), ...comparePaired(accuracy.values, other.accuracy.values) }];
  });
}
