// What I-JEPA's blocks look like: the options, their published values, and what is refused.

import { assertInteger, SemmaeError } from '@semmae/core';

import type { Interval } from './block-size';

export interface MultiBlockMaskingOptions {
  /** Range of the share of patches in each target block, within (0, 1]. Default [0.15, 0.2]. */
  targetScale?: Interval | undefined;
  /** Range of a target's rows over columns. Default [0.75, 1.5]. */
  targetAspect?: Interval | undefined;
  /** Targets of each image. Default 4. */
  targetBlocks?: number | undefined;
  /** Range of the share of patches in the context block, which is as high as wide, within (0, 1]. Default [0.85, 1]. */
  contextScale?: Interval | undefined;
  /** Every block keeps more patches than this, the context after its targets are taken out. Default 10. */
  minimumKept?: number | undefined;
  /** Leaves the patches of targets in the context. Default false. */
  allowOverlap?: boolean | undefined;
  /**
   * Samples as the published code does, defects included: the last row and column are never used, one draw sets scale and
   * aspect, contexts are cut in raster order (so the lower rows go first), and where targets leave too little context
   * some of them stay in it. Default false.
   */
  faithful?: boolean | undefined;
}

/** Options as published: of the training configurations (also the defaults here), and of the class without them. */
export const multiBlockOptions = {
  configuration: {
    targetScale: [0.15, 0.2],
    targetAspect: [0.75, 1.5],
    targetBlocks: 4,
    contextScale: [0.85, 1],
    minimumKept: 10,
    allowOverlap: false,
  },
  classDefaults: {
    targetScale: [0.2, 0.8],
    targetAspect: [0.3, 3],
    targetBlocks: 2,
    contextScale: [0.2, 0.8],
    minimumKept: 4,
    allowOverlap: false,
  },
} as const satisfies Record<string, MultiBlockMaskingOptions>;

/** All options. */
export type MultiBlockSettings = {
  [Option in keyof MultiBlockMaskingOptions]-?: NonNullable<MultiBlockMaskingOptions[Option]>;
};

/** The options, checked, and defaults where they are absent or undefined. */
export function multiBlockSettings(options: MultiBlockMaskingOptions): MultiBlockSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const defaults: MultiBlockSettings = { ...multiBlockOptions.configuration, faithful: false };
  const settings: MultiBlockSettings = { ...defaults, ...Object.fromEntries(given) };
  assertInterval('targetScale', settings.targetScale, 1);
  assertInterval('contextScale', settings.contextScale, 1);
  assertInterval('targetAspect', settings.targetAspect, Number.MAX_VALUE);
  assertInteger('multiBlockMasking', 'targetBlocks', settings.targetBlocks);
  assertInteger('multiBlockMasking', 'minimumKept', settings.minimumKept, { least: 0 });
  return settings;
}

function assertInterval(name: string, interval: Interval, limit: number): void {
  const [least, most] = interval;
  if (least > 0 && least <= most && most <= limit) return;
  throw new SemmaeError({
    where: 'multiBlockMasking',
    requirement: `${name} must be [least, most] ${limit === 1 ? 'within (0, 1]' : 'of positive numbers'}`,
    got: interval,
  });
}
