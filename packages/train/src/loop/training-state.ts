// Everything a run needs to go on as if it had never stopped: variables, moments, the step, and what its owner adds.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { CheckpointReader } from './checkpoint-file';
import { stableNames } from './stable-names';

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

export function encodeRunState(state: RunState): Record<string, string> {
  return { run: JSON.stringify(state) };
}

export function decodeRunState({ metadata }: CheckpointReader): RunState {
  return JSON.parse(metadata.run!) as RunState;
}

/** Assigns the checkpoint's values to the variables; nothing is assigned unless all of them fit. */
export async function restoreVariables(
  path: string,
  reader: CheckpointReader,
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<void> {
  for (const [name, variable] of variables) {
    const stored = reader.entries.get(name);
    const fits =
      stored !== undefined && stored.dtype === variable.dtype && stored.shape.join() === variable.shape.join();
    if (!fits)
      throw otherModel(
        path,
        `${name} must be ${variable.dtype} [${variable.shape.join(', ')}] as in this model`,
        stored ? `${stored.dtype} [${stored.shape.join(', ')}]` : 'no such weight',
      );
  }
  for (const name of reader.entries.keys()) {
    if (!variables.has(name))
      throw otherModel(path, 'every weight must exist in this model', `${name}, which does not`);
  }
  for (const [name, variable] of variables) {
    const value = tf.tensor(await reader.read(name), variable.shape, variable.dtype);
    variable.assign(value);
    value.dispose();
  }
}

/** Throws when the run was started with other settings, naming the first that differs. */
export function assertSameRun(
  path: string,
  stored: RunState,
  expected: Pick<RunState, 'stepsPerEpoch' | 'accumulationSteps' | 'configuration'>,
): void {
  const [before, now] = [stored, expected].map(
    ({ stepsPerEpoch, accumulationSteps = 1, configuration }): Record<string, unknown> => ({
      ...configuration,
      stepsPerEpoch,
      accumulationSteps,
    }),
  ) as [Record<string, unknown>, Record<string, unknown>];
  for (const key of Object.keys({ ...before, ...now })) {
    const [was, is] = [JSON.stringify(before[key]), JSON.stringify(now[key])];
    if (was !== is) throw otherModel(path, `${key} must be ${was ?? 'absent'} as when the run began`, is ?? 'nothing');
  }
}

function otherModel(where: string, requirement: string, got: unknown): SemmaeError {
  return new SemmaeError({
    where,
    requirement,
    got,
    remedy: 'resume with the settings that the run began with, or choose another folder',
  });
}
