// What is compared: our setting of part learning, and one change at a time.

import { type LearnPartsOptions, partRecipe } from '@semmae/pipeline';

export type VariantOptions = Partial<
  Pick<
    LearnPartsOptions,
    | 'softmaxAxis'
    | 'blur'
    | 'diversityWeight'
    | 'equivarianceWeight'
    | 'consistencyWeight'
    | 'partCount'
    | 'tokens'
    | 'standardize'
    | 'placeWeight'
    | 'placeFrame'
    | 'classToken'
    | 'decoder'
  >
>;

export interface Variant {
  /** As the tables call it. */
  name: string;
  options: VariantOptions;
}

/** The paper where it speaks, defaults where it is silent: features of the output, the image's own class token, pixels alone. */
const paperVariant: Variant = { name: 'learned, pixels alone (the paper)', options: { decoder: 'tiny' } };

/** What `pretrain` learns parts with, its place code apart; the study sets its own length. */
const { steps: _steps, learningRate: _rate, placeWeight, ...ours } = partRecipe;

const ourVariant: Variant = { name: 'learned', options: ours };

const placed: VariantOptions = { ...ours, placeWeight };

const placedVariant: Variant = { name: 'learned, with place', options: placed };

const framedVariant: Variant = {
  name: 'learned, with place in the object',
  options: { ...placed, placeFrame: 'object' },
};

export const mainVariants: readonly Variant[] = [paperVariant, ourVariant, placedVariant, framedVariant];

/** One change at a time of the placed variant, which has λ = 0.03, N = 6, keys, a Gaussian blur, maps over parts and the tiny decoder. */
export const ablations: readonly Variant[] = changes([
  { name: 'softmax over positions', options: { softmaxAxis: 'positions' } },
  { name: 'box blur', options: { blur: { kind: 'box', size: 5 } } },
  { name: 'no blur', options: { blur: { kind: 'none' } } },
  { name: 'λ = 0', options: { diversityWeight: 0 } },
  { name: 'λ = 0.3', options: { diversityWeight: 0.3 } },
  { name: 'N = 4', options: { partCount: 4 } },
  { name: 'N = 8', options: { partCount: 8 } },
  { name: 'output tokens', options: { tokens: 'output' } },
  { name: 'small decoder', options: { decoder: 'small' } },
]);

/** What the paper does not have, taken away alone; by name only. */
export const beyondThePaper: readonly Variant[] = changes([
  { name: 'no consistency', options: { consistencyWeight: 0 } },
  { name: 'no equivariance', options: { equivarianceWeight: 0 } },
  { name: 'tokens as they are', options: { standardize: false } },
  { name: "each image's mean token asks", options: { classToken: 'mean' } },
]);

function changes(variants: readonly Variant[]): Variant[] {
  return variants.map(({ name, options }) => ({ name, options: { ...placed, ...options } }));
}
