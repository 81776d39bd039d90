// iBOT's shared head: the prototypes of patches are those of class tokens, and its files have both.

import type { TensorFile } from '../tensors/tensor-file';
import { type ComposedWeight, publicWeight } from './composed-weight';

/** Takes away what a head has twice, and says which tensors of the file that were. */
export async function leaveOutSharedPrototypes(
  file: TensorFile,
  weights: Map<string, ComposedWeight>,
): Promise<{ name: string; why: string }[]> {
  const leftOut: { name: string; why: string }[] = [];
  for (const name of [...weights.keys()]) {
    const [, head, kind] = /^(.*\.)last_layer2\.weight_(v|g)$/.exec(name) ?? [];
    if (kind !== 'v') continue;
    const pairs = ['v', 'g'].map((part) =>
      ['last_layer', 'last_layer2'].map((layer) => weights.get(`${head}${layer}.weight_${part}`)),
    );
    const values = await Promise.all(pairs.flat().map((weight) => weight && publicWeight(file, weight).read()));
    if (!isSame(values[0], values[1]) || !isSame(values[2], values[3])) continue;
    for (const part of ['v', 'g']) {
      const [source] = weights.get(`${head}last_layer2.weight_${part}`)!.sources;
      weights.delete(`${head}last_layer2.weight_${part}`);
      leftOut.push({ name: source!, why: 'the same as last_layer' });
    }
  }
  return leftOut;
}

function isSame(one: Float32Array | undefined, other: Float32Array | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.length === other.length &&
    one.every((value, at) => value === other[at])
  );
}
