// What differs between two files of weights.

import type { TensorEntry, TensorFile, TensorValues } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';

import { Interrupted } from '../runs/interrupted';
import type { StageOptions } from '../runs/stage-options';
import { openCheckpoint } from './open-checkpoint';

export interface DiffCheckpointsOptions extends Pick<StageOptions, 'signal' | 'onProgress' | 'onWarning'> {
  /** A file of any container, a folder that holds one, or `hf:owner/name`. */
  before: string;
  after: string;
  /** Largest difference of two values that count as equal. Default 0. */
  tolerance?: number;
}

/** A tensor that both files have, in the same shape. */
export interface TensorDifference {
  name: string;
  shape: readonly number[];
  /** Before and after. */
  dtypes: readonly [TensorEntry['dtype'], TensorEntry['dtype']];
  /** Largest difference of two values; Infinity where one of them is no number and the other is. */
  absolute: number;
  /** `absolute` in units of the largest value before. */
  relative: number;
}

export interface CheckpointDifference {
  /** Whether both files have the same names and shapes, and no values that differ by more than the tolerance. */
  equal: boolean;
  /** In the order of the file before. */
  tensors: TensorDifference[];
  otherShape: { name: string; shapes: readonly [before: readonly number[], after: readonly number[]] }[];
  onlyBefore: string[];
  onlyAfter: string[];
}

/**
 * Compares two files tensor by tensor, of which one of each file is in memory at a time. Values are compared as numbers, whatever
 * their types are; metadata are not compared.
 *
 * Throws a SemmaeError of one line where one of them is no readable file of tensors.
 */
export async function diffCheckpoints({
  before,
  after,
  tolerance = 0,
  ...stage
}: DiffCheckpointsOptions): Promise<CheckpointDifference> {
  const { file } = await openCheckpoint(before, stage);
  try {
    const { file: other } = await openCheckpoint(after, stage);
    try {
      if (file.entries.size + other.entries.size === 0) throw nothingToCompare(before, after);
      return await compare(file, other, tolerance, stage);
    } finally {
      other.close();
    }
  } finally {
    file.close();
  }
}

function nothingToCompare(before: string, after: string): SemmaeError {
  const requirement = `${before} and ${after} must hold tensors`;
  const remedy = 'take files of weights';
  return new SemmaeError({ where: 'diffCheckpoints', requirement, got: 'none in either', remedy });
}

async function compare(
  before: TensorFile,
  after: TensorFile,
  tolerance: number,
  { signal, onProgress }: StageOptions,
): Promise<CheckpointDifference> {
  const onlyBefore = [...before.entries.keys()].filter((name) => !after.entries.has(name));
  const onlyAfter = [...after.entries.keys()].filter((name) => !before.entries.has(name));
  const tensors: TensorDifference[] = [];
  const otherShape: CheckpointDifference['otherShape'] = [];
  let done = 0;
  for (const [name, { dtype, shape }] of before.entries) {
    Interrupted.check(signal);
    onProgress?.({ title: 'Comparing tensors', done: done++, total: before.entries.size, unit: 'tensors' });
    const other = after.entries.get(name);
    if (other === undefined) continue;
    if (String(other.shape) !== String(shape)) {
      otherShape.push({ name, shapes: [shape, other.shape] });
      continue;
    }
    const largest = largestDifference(await before.read(name), await after.read(name));
    tensors.push({ name, shape, dtypes: [dtype, other.dtype], ...largest });
  }
  const equal =
    [onlyBefore, onlyAfter, otherShape].every(({ length }) => length === 0) &&
    tensors.every(({ absolute }) => absolute <= tolerance);
  return { equal, tensors, otherShape, onlyBefore, onlyAfter };
}

function largestDifference(before: TensorValues, after: TensorValues): { absolute: number; relative: number } {
  let absolute = 0;
  let scale = 0;
  for (let i = 0; i < before.length; i++) {
    const one = before[i]!;
    const other = after[i]!;
    if (one !== other) {
      const difference = differenceOf(one, other);
      if (difference > absolute) absolute = difference;
    }
    const size = typeof one === 'number' ? Math.abs(one) : Math.abs(Number(one));
    if (size > scale) scale = size;
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / scale };
}

function differenceOf(one: number | bigint, other: number | bigint): number {
  if (typeof one === 'bigint' && typeof other === 'bigint') return Math.abs(Number(one - other));
  const difference = Math.abs(Number(one) - Number(other));
  if (!Number.isNaN(difference)) return difference;
  return Number.isNaN(one) && Number.isNaN(other) ? 0 : Number.POSITIVE_INFINITY;
}
