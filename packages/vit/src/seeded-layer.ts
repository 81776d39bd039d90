// The part of a tfjs layer that both models share: named weights that a seed determines.

import { createRng, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

import type { InitialValues } from './tensor/initial-values';

/** A tensor shape as tfjs-layers writes it: null for the batch. */
export type LayerShape = (number | null)[];

export interface WeightPlan {
  /** timm's name with `kernel`, `gamma` and `beta` for the parts, such as `blocks.0.attn.qkv.kernel`. */
  name: string;
  shape: number[];
  values: InitialValues;
  /** Default true. */
  trainable?: boolean;
}

/** Reads a weight by its name, as a tensor that the gradient tape knows. */
export type ReadWeight = <T extends tf.Tensor>(name: string) => T;

export interface SeededLayerOptions {
  /** Any integer. The same seed and sizes give the same weights. Default 0. */
  seed?: number;
  /** Must be unique within a model; the weights' names begin with it. */
  name?: string;
  trainable?: boolean;
}

/** `Output`: what the layer makes of tensors. */
export abstract class SeededLayer<Output extends tf.Tensor = tf.Tensor> extends layers.Layer {
  protected readonly seed: number;
  private readonly weightsByName = new Map<string, LayerVariable>();
  private applying = false;
  private blank = false;

  constructor({ seed = 0, name, trainable }: SeededLayerOptions) {
    super({ name, trainable });
    this.seed = seed;
  }

  /** Every weight, from the input shapes alone. */
  protected abstract planWeights(inputShape: LayerShape | LayerShape[]): WeightPlan[];

  override build(inputShape: LayerShape | LayerShape[]): void {
    // `apply` puts the layer's name in front of weight names, a direct `build` does not; saved models need the same names either way.
    const scope = this.applying ? '' : `${this.name}/`;
    const rng = createRng(this.seed);
    for (const { name, shape, values, trainable = true } of this.planWeights(inputShape)) {
      const initializer = {
        apply: () => (this.blank ? tf.zeros(shape) : tf.tensor(values(shape, rng.split(name)), shape)),
        getClassName: () => 'SeededValues',
        getConfig: () => ({}),
        fromConfigUsesCustomObjects: () => false,
      };
      this.weightsByName.set(name, this.addWeight(scope + name, shape, 'float32', initializer, undefined, trainable));
    }
    super.build(inputShape);
  }

  override apply(inputs: tf.Tensor | tf.Tensor[], kwargs?: Record<string, unknown>): Output;
  override apply(inputs: SymbolicTensor | SymbolicTensor[], kwargs?: Record<string, unknown>): SymbolicTensor;
  override apply(
    inputs: tf.Tensor | tf.Tensor[] | SymbolicTensor | SymbolicTensor[],
    kwargs?: Record<string, unknown>,
  ): tf.Tensor | tf.Tensor[] | SymbolicTensor | SymbolicTensor[] {
    this.applying = true;
    try {
      return super.apply(inputs, kwargs);
    } finally {
      this.applying = false;
    }
  }

  override dispose(): ReturnType<layers.Layer['dispose']> {
    // tfjs-layers counts a first use only if it also builds; without this, a layer built beforehand could not be disposed.
    if (this.built) this._refCount ??= 1;
    return super.dispose();
  }

  /**
   * Builds the layer with zeros in place of the values of its seed, unless it is built: for weights that are all about to be assigned,
   * where drawing them would take most of the time.
   */
  buildBlank(): void {
    this.blank = true;
    try {
      this.variables();
    } finally {
      this.blank = false;
    }
  }

  /** The weights under their own names (`blocks.0.attn.qkv.kernel`), trainable or not, in the order of the network. */
  namedVariables(): Map<string, tf.Variable> {
    this.assertBuilt();
    return new Map([...this.weightsByName].map(([name, weight]) => [name, weight.read() as tf.Variable]));
  }

  /** The trainable weights, for an optimizer. */
  variables(): tf.Variable[] {
    this.assertBuilt();
    return this.trainableWeights.map((weight) => weight.read() as tf.Variable);
  }

  protected readonly weight: ReadWeight = <T extends tf.Tensor>(name: string): T => {
    const weight = this.weightsByName.get(name);
    if (weight === undefined) {
      throw new SemmaeError({ where: this.name, requirement: 'internal: weights must be planned', got: name });
    }
    return weight.read() as T;
  };

  private assertBuilt(): void {
    if (this.built) return;
    throw new SemmaeError({
      where: this.name,
      requirement: 'the layer must be built before its variables are asked for',
      got: 'a layer without weights',
      remedy: 'call build(inputShape) or apply it once',
    });
  }
}
