// All tensors of a small file at once, for tests.

import { openSafetensors, type TensorValues } from '@semmae/checkpoints';

export async function readAllTensors(path: string) {
  const file = await openSafetensors(path);
  try {
    const tensors = new Map<string, { shape: number[]; values: TensorValues }>();
    for (const [name, { shape }] of file.entries) tensors.set(name, { shape: [...shape], values: await file.read(name) });
    return { tensors, metadata: file.metadata };
  } finally {
    file.close();
  }
}
