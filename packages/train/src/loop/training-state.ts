// Everything a run needs to go on as if it had never stopped: variables, moments, the step, and what its owner adds.

import { firstDifference, SemmaeError } from '@semmae/core';
import type * as tf from '@tensorflow/tfjs-core';

import { stableNames } from './stable-names';

export const otherSettings = 'resume with the settings that the run began with, or choose another folder';

/** The part of the state that is plain JSON. */
export interface RunState {
  completedSteps: number;
  epochs: number;
  stepsPerEpoch: number;
  /** Micro-batches in a step; files from before there were any lack it, which means 1. */
  accumulationSteps?: number;
  /** Training time so far, over all sessions. */
  seconds: number;
  /** Settings that must be the same when the run is resumed. */
  configuration: Readonly<Record<string, unknown>>;
  /** Whatever the owner saves beside the weights, such as `rng.state()`. */
  userState?: unknown;
}

/** What a run changes. */
export interface RunVariables {
  model: readonly tf.Variable[];
  optimizer: readonly tf.Variable[];
  average?: readonly tf.Variable[];
  state?: Readonly<Record<string, tf.Variable>>;
}

/**
 * Weights under their own names, the optimizer's vectors under `optimizer.0`, `optimizer.1`, …, the averages of the weights, if
 * there are any, under their own names behind `average.`, and other state under its names behind `state.`.
 */
export function namedVariables({ model, optimizer, average = [], state = {} }: RunVariables): Map<string, tf.Variable> {
  const behindAverage = stableNames(average).map((name) => `average.${name.replace(/^average\./, '')}`);
  return new Map([
    ...pair(stableNames(model), model),
    ...optimizer.map((variable, index) => [`optimizer.${index}`, variable] as const),
    ...pair(behindAverage, average),
    ...Object.entries(state).map(([name, variable]) => [`state.${name}`, variable] as const),
  ]);
}

function pair(names: readonly string[], variables: readonly tf.Variable[]): (readonly [string, tf.Variable])[] {
  return variables.map((variable, index) => [names[index]!, variable] as const);
}

/** Throws when the run was started with other settings, naming the first that differs. */
export function assertSameRun(
  path: string,
  stored: RunState,
  expected: Pick<RunState, 'stepsPerEpoch' | 'accumulationSteps' | 'configuration'>,
): void {
  const settingsOf = ({ stepsPerEpoch, accumulationSteps = 1, configuration }: typeof expected) => ({
    ...configuration,
    stepsPerEpoch,
    accumulationSteps,
  });
  const difference = firstDifference(settingsOf(stored), settingsOf(expected));
  if (difference === undefined) return;
  throw new SemmaeError({
    where: path,
    requirement: `${difference.path} must be ${difference.before ?? 'absent'} as when the run began`,
    got: difference.now ?? 'nothing',
    remedy: otherSettings,
  });
}
