// Which cells a study has: every method with every seed that could change its scores.

import { SemmaeError } from '@semmae/core';

import { type Baseline, baselines } from './baselines';
import type { CellName } from './cell';
import type { StudyOptions } from './options';
import { ablations, beyondThePaper, mainVariants, type Variant } from './variants';

export interface PlannedCell extends CellName {
  work: { baseline: Baseline } | { variant: Variant };
}

type PlanOptions = Pick<StudyOptions, 'seeds' | 'encoder' | 'ablations' | 'only'>;

/** In the order of the table; seed after seed within a method. Throws a SemmaeError for a name that `only` does not know. */
export function plannedCells(options: PlanOptions): PlannedCell[] {
  const { only } = options;
  const variants = [...mainVariants, ...ablations, ...beyondThePaper];
  const known = [...baselines, ...variants].map(({ name }) => name);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const requirement = `names must be of ${known.map((name) => `"${name}"`).join(', ')}`;
    throw new SemmaeError({ where: '--only', requirement, got: unknown });
  }
  const usual = [...mainVariants, ...(options.ablations ? ablations : [])];
  const chosenVariants = only.length > 0 ? variants.filter(({ name }) => only.includes(name)) : usual;
  const chosenBaselines = baselines.filter(({ name }) => only.length === 0 || only.includes(name));
  return [
    ...chosenBaselines.flatMap((baseline) =>
      seedsOf(baseline, options).map((seed) => ({ method: baseline.name, seed, work: { baseline } })),
    ),
    ...chosenVariants.flatMap((variant) =>
      Array.from({ length: options.seeds }, (_, seed) => ({ method: variant.name, seed, work: { variant } })),
    ),
  ];
}

/** A baseline without randomness is scored once for each encoder, or once. */
function seedsOf({ chance }: Baseline, { seeds, encoder }: PlanOptions): number[] {
  const once = chance === 'none' || (chance === 'encoder' && encoder !== undefined);
  return Array.from({ length: once ? 1 : seeds }, (_, seed) => seed);
}
