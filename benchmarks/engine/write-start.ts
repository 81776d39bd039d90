// Hands the weights and the batch of a task to the Python peers, so that their losses must equal ours.

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type * as tf from '@tensorflow/tfjs-core';

import type { MAETask } from './mae-task';

/** Writes `index.json`, [{name, dtype, shape}], and `data.bin`, their values one after the other in 4 bytes each, into `folder`. */
export function writeStart(folder: string, { encoder, decoder, batch }: MAETask): void {
  const trained = [...encoder.namedVariables(), ...decoder.namedVariables()].filter(([, { trainable }]) => trainable);
  const tensors: [string, tf.Tensor][] = [...trained, ...Object.entries(batch)];
  const file = openSync(join(folder, 'data.bin'), 'w');
  for (const [, tensor] of tensors) {
    const { buffer, byteOffset, byteLength } = tensor.dataSync();
    for (let written = 0; written < byteLength; )
      written += writeSync(file, new Uint8Array(buffer, byteOffset + written, byteLength - written));
  }
  closeSync(file);
  const index = tensors.map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
}
