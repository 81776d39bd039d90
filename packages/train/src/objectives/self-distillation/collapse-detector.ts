// Tells a self-distillation that has collapsed from one that has only begun.

import { assertInteger, assertRange, SemmaeError } from '@semmae/core';

export interface CollapseDetectorOptions {
  /** E, the prototypes of the class head. */
  prototypes: number;
  /** Steps that are not looked at: every run begins with a loss near ln E. Take the warm-up of the learning rate. */
  warmupSteps: number;
  /** Steps in a row that must all look collapsed. Default 100. */
  windowSteps?: number;
  /** Uniform: the class loss, or the teacher's entropy, is within this share of ln E. Default 0.005. */
  uniformShare?: number;
  /** The same answer to all: `teacherInformation` is below this share of ln E. Default 0.01. */
  leastInformation?: number;
  /** The same features for all: `featureStd` is below this. Default 0.01, where a healthy run has 0.1 to 1. */
  leastFeatureStd?: number;
}

/** What a step reports; `metrics` are those of `selfDistillationObjective`. */
export interface CollapseObservation {
  step: number;
  metrics: Readonly<Record<string, number>>;
}

export interface CollapseDetector {
  /** Fits `onProgress` of `train`. Throws a SemmaeError when the last `windowSteps` steps all look collapsed in the same way. */
  check(observation: CollapseObservation): void;
}

interface Symptom {
  metric: string;
  requirement: string;
  remedy: string;
  shows(value: number): boolean;
}

/**
 * Uniform collapse pins the class loss, or the teacher's entropy, at ln E. Where one prototype wins, or any other answer is the same
 * for all images, the teacher's information falls to 0. A dead encoder gives every image the same class token. A teacher's
 * entropy near 0 alone is no collapse: a confident teacher that uses many prototypes has it too.
 *
 * Each must hold in every one of the last `windowSteps` steps, the first `warmupSteps` not counted.
 */
export function collapseDetector({
  prototypes,
  warmupSteps,
  windowSteps = 100,
  uniformShare = 0.005,
  leastInformation = 0.01,
  leastFeatureStd = 0.01,
}: CollapseDetectorOptions): CollapseDetector {
  const where = 'collapseDetector';
  assertInteger(where, 'prototypes', prototypes, { least: 2 });
  assertInteger(where, 'warmupSteps', warmupSteps, { least: 0 });
  assertInteger(where, 'windowSteps', windowSteps);
  assertRange(where, 'uniformShare', uniformShare, 0, 1);
  assertRange(where, 'leastInformation', leastInformation, 0, 1);
  assertRange(where, 'leastFeatureStd', leastFeatureStd, 0, 1);
  const highest = Math.log(prototypes);
  const isUniform = (value: number) => Math.abs(value - highest) <= uniformShare * highest;
  const lnE = `ln E = ${highest.toPrecision(4)}`;
  const symptoms: readonly Symptom[] = [
    {
      metric: 'classLoss',
      requirement: `the class loss must leave ${lnE}`,
      remedy: 'the student is uniform: lower the teacher temperature, raise the learning rate or shorten the warm-up',
      shows: isUniform,
    },
    {
      metric: 'teacherEntropy',
      requirement: `the teacher's entropy must be below ${lnE}`,
      remedy: 'the teacher is uniform: lower its temperature (0.04), or its momentum (0.99) for small data',
      shows: isUniform,
    },
    {
      metric: 'teacherInformation',
      requirement: `the teacher must tell images apart, by at least ${(leastInformation * highest).toPrecision(2)} nats`,
      remedy:
        'it answers all alike: check that the center moves (centerMomentum 0.9) and that batches hold many images',
      shows: (value) => value < leastInformation * highest,
    },
    {
      metric: 'featureStd',
      requirement: `class tokens must differ between images, by a featureStd of at least ${leastFeatureStd}`,
      remedy: 'the encoder ignores the images: lower the learning rate, clip gradients, or check the views',
      shows: (value) => value < leastFeatureStd,
    },
  ];
  const spells = new Map<Symptom, number[]>();
  return {
    check({ step, metrics }) {
      if (step <= warmupSteps) return;
      for (const symptom of symptoms) {
        const value = metrics[symptom.metric];
        if (value === undefined) continue;
        const spell = symptom.shows(value) ? [...(spells.get(symptom) ?? []), value] : [];
        spells.set(symptom, spell);
        if (spell.length >= windowSteps) throw collapsed(step, symptom, spell);
      }
    },
  };
}

function collapsed(step: number, { metric, requirement, remedy }: Symptom, spell: readonly number[]): SemmaeError {
  const [least, most] = [Math.min(...spell), Math.max(...spell)].map((value) => value.toPrecision(4));
  return new SemmaeError({
    where: `selfDistillation, step ${step}`,
    requirement,
    got: `${metric} ${least} to ${most} in the last ${spell.length} steps`,
    remedy,
  });
}
