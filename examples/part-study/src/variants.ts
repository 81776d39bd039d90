// What is compared: our setting of part learning, and one change at a time.

import type { TrainPartsOptions } from '@semmae/cli';

export type VariantOptions = Partial<
  Pick<
    TrainPartsOptions,
    | 'softmaxAxis'
    | 'blur'
    | 'diversityWeight'
    | 'equivarianceWeight'
    | 'partCount'
    | 'tokens'
    | 'classTokenSource'
    | 'decoder'
    | 'styleBottleneck'
  >
>;

export interface Variant {
  /** As the tables call it. */
  name: string;
  options: VariantOptions;
}

/** The paper where it speaks, and specs' defaults where it is silent: features of the output, the image's own class token. */
export const paperVariant: Variant = { name: 'learned, as in the paper', options: { decoder: 'tiny' } };

/** What works best on few photographs. */
const ours: VariantOptions = {
  tokens: 'qk',
  classTokenSource: 'shared',
  equivarianceWeight: 3,
  diversityWeight: 1,
  blur: { kind: 'gaussian', size: 13 },
  decoder: 'tiny',
  styleBottleneck: 8,
};

export const ourVariant: Variant = { name: 'learned', options: ours };

/** One change at a time. */
export const ablations: readonly Variant[] = [
  { name: 'softmax over parts', options: { softmaxAxis: 'parts' } },
  { name: 'box blur', options: { blur: { kind: 'box', size: 13 } } },
  { name: 'no blur', options: { blur: { kind: 'none' } } },
  { name: 'λ = 0', options: { diversityWeight: 0 } },
  { name: 'λ = 0.03', options: { diversityWeight: 0.03 } },
  { name: 'λ = 0.3', options: { diversityWeight: 0.3 } },
  { name: 'N = 4', options: { partCount: 4 } },
  { name: 'N = 8', options: { partCount: 8 } },
  { name: 'output tokens', options: { tokens: 'output' } },
  { name: "each image's mean token asks", options: { classTokenSource: 'mean' } },
  { name: 'small decoder', options: { decoder: 'small' } },
  { name: 'no style bottleneck', options: { styleBottleneck: undefined } },
  { name: 'no equivariance', options: { equivarianceWeight: 0 } },
].map(({ name, options }) => ({ name, options: { ...ours, ...options } as VariantOptions }));
