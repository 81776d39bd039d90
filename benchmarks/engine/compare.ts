// Two contestants of the same rounds, in one JSON line.

import type { Played } from './play-rounds';
import { median, relativeRange, rounded } from './statistics';

export interface Comparison {
  value: number | null;
  peerValue: number | null;
  /** Median over median. */
  ratio: number | null;
  /** (largest − smallest) / median of the ratios within a round; null where they met only once. */
  spread: number | null;
  /** The ratio in each round. */
  roundRatios: number[];
}

/** Medians over the rounds, and how much the ratio moved from round to round. */
export function compare<T extends { value: number }>(
  { readings }: Pick<Played<T>, 'readings'>,
  own: string,
  peer: string,
): Comparison {
  const ownValues = (readings.get(own) ?? []).map(({ value }) => value);
  const peerValues = (readings.get(peer) ?? []).map(({ value }) => value);
  const roundRatios = ownValues.slice(0, peerValues.length).map((value, round) => rounded(value / peerValues[round]!));
  const value = ownValues.length === 0 ? null : rounded(median(ownValues));
  const peerValue = peerValues.length === 0 ? null : rounded(median(peerValues));
  return {
    value,
    peerValue,
    ratio: value === null || peerValue === null ? null : rounded(value / peerValue),
    spread: roundRatios.length < 2 ? null : rounded(relativeRange(roundRatios)),
    roundRatios,
  };
}
