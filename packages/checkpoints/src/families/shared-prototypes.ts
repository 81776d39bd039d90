// iBOT's shared head: the prototypes of patches are those of class tokens, and its files have both.

import type { TensorFile } from '../tensors/tensor-file';
import { type ComposedWeight, publicWeight } from './composed-weight';

/** Takes away what a head has twice, and says which tensors of the file that were. */
export async function leaveOutSharedPrototypes(
  file: TensorFile,
  weights: Map<string, ComposedWeight>,
): Promise<{ name: string; why: string }[]> {
  const leftOut: { name: string; why: string }[] = [];
  for (const end of [...weights.keys()].filter((name) => name.endsWith('.last_layer2.weight_v'))) {
    const parts = [end, end.replace(/v$/, 'g')];
    const same = await Promise.all(
      parts.map((name) => isSame(file, weights.get(name), weights.get(name.replace('last_layer2', 'last_layer')))),
    );
    if (same.includes(false)) continue;
    for (const name of parts) {
      leftOut.push(...weights.get(name)!.sources.map((source) => ({ name: source, why: 'the same as last_layer' })));
      weights.delete(name);
    }
  }
  return leftOut;
}

async function isSame(file: TensorFile, one?: ComposedWeight, other?: ComposedWeight): Promise<boolean> {
  if (one === undefined || other === undefined || String(one.shape) !== String(other.shape)) return false;
  const [values, others] = [await publicWeight(file, one).read(), await publicWeight(file, other).read()];
  return values.every((value, at) => value === others[at]);
}
