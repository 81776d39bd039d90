// Variables as the tensors of a file, and back.

import type { SafetensorsFile, TensorToWrite } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

const types = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

/** What `writeSafetensors` takes: tensors by name, each fetched from the backend when its turn comes. */
export function storedVariables(tensors: ReadonlyMap<string, tf.Tensor>): Map<string, TensorToWrite> {
  return new Map([...tensors].map(([name, tensor]) => [name, storedTensor(name, tensor)]));
}

function storedTensor(name: string, tensor: tf.Tensor): TensorToWrite {
  const { dtype, shape } = tensor;
  if (dtype in types) return { dtype: types[dtype as keyof typeof types], shape, values: () => tensor.data() };
  throw new SemmaeError({ where: 'checkpoint', requirement: `${name} must be float32, int32 or bool`, got: dtype });
}

/**
 * Assigns the tensors of a file to the variables of the same names. Nothing is assigned unless all of them fit and none is left over;
 * a SemmaeError names the first that does not fit, with both shapes and `remedy`.
 */
export async function restoreVariables(
  file: Pick<SafetensorsFile, 'path' | 'entries' | 'read'>,
  variables: ReadonlyMap<string, tf.Variable>,
  remedy: string,
): Promise<void> {
  const { path: where, entries } = file;
  const described = (dtype: string, shape: readonly number[]) => `${dtype} [${shape.join(', ')}]`;
  for (const [name, { dtype, shape }] of variables) {
    const stored = entries.get(name);
    const got = stored === undefined ? 'no such weight' : described(stored.dtype, stored.shape);
    const wanted = described(types[dtype as keyof typeof types], shape);
    if (got !== wanted) {
      throw new SemmaeError({ where, requirement: `${name} must be ${wanted} as in this model`, got, remedy });
    }
  }
  const extra = [...entries.keys()].find((name) => !variables.has(name));
  if (extra !== undefined) {
    const requirement = 'every weight must exist in this model';
    throw new SemmaeError({ where, requirement, got: `${extra}, which does not`, remedy });
  }
  for (const [name, variable] of variables) {
    const value = tf.tensor((await file.read(name)) as Float32Array, variable.shape, variable.dtype);
    variable.assign(value);
    value.dispose();
  }
}
