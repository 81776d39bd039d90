// Draws from categorical distributions.

import { emit } from '../graph/emit';
import { scalar } from '../graph/literals';
import { binary, cast, reduce, slice, unary } from '../graph/operators';
import { reshape } from '../graph/reshape';
import { dataValue, type Value } from '../graph/value';
import { alea } from './alea';
import { defineKernel, type KernelDefinition } from './define-kernel';

interface MultinomialAttributes {
  numSamples: number;
  seed: number;
  normalized: boolean;
}

export const multinomialKernels: KernelDefinition[] = [
  /**
   * The host draws the numbers, since they depend on the seed alone; as in tfjs, every row uses the same ones. A compiled step with a
   * seed draws the same at every call, as an uncompiled one does; without a seed it is refused as hidden randomness.
   */
  defineKernel<MultinomialAttributes>('Multinomial', ({ inputs, attrs, backend }) => {
    const { numSamples, seed, normalized } = attrs;
    const random = alea(seed.toString());
    const draws = dataValue('float64', [numSamples, 1], Float64Array.from({ length: numSamples }, random));
    backend.trace?.written.add(draws.storage!);
    const logits = cast(inputs.logits!, 'float32');
    return choose(normalized ? logits : unary('Softmax', logits, { axis: -1 }), draws);
  }),
];

/** `probabilities` [B, K], `draws` [S, 1] → int32 [B, S]: the number of cumulative probabilities that the draw is at or above. */
function choose(probabilities: Value, draws: Value): Value {
  const [batch, events] = probabilities.shape as [number, number];
  const reach = emit('CumSum', [probabilities, scalar('int64', 1)], probabilities);
  const butLast = slice(reach, { begin: [0, 0], size: [batch, events - 1] });
  const thresholds = reshape(cast(butLast, 'float64'), [batch, 1, events - 1]);
  const isBeyond = unary('Not', binary('Less', draws, thresholds, 'bool')); // [B, S, K - 1]
  return reduce('ReduceSum', cast(isBeyond, 'int32'), [2], false);
}
