// The activations that tfjs fuses into matrix products and convolutions.

import { multiply, unary, where, withScalar } from '../graph/operators';
import type { Value } from '../graph/value';

export interface Activation {
  activation?: string;
  leakyreluAlpha?: number;
}

/** `x` through the named activation. */
export function activate(x: Value, { activation, leakyreluAlpha = 0.2 }: Activation, preluWeights?: Value): Value {
  switch (activation ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return unary('Relu', x);
    case 'relu6':
      return withScalar('Min', withScalar('Max', x, 0), 6);
    case 'elu':
      return unary('Elu', x);
    case 'sigmoid':
      return unary('Sigmoid', x);
    case 'leakyrelu':
      return unary('LeakyRelu', x, { alpha: { float: leakyreluAlpha } });
    case 'prelu':
      return where(withScalar('Less', x, 0, 'bool'), multiply(x, preluWeights!), x);
    default:
      throw new Error(`internal: tfjs asked for the fused activation ${activation}`);
  }
}
