// The head of DINO and iBOT: from tokens to logits over learned prototypes.

import { assertInteger, assertShape, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { gelu } from './gelu';
import { l2Normalize } from './l2-normalize';
import { linear } from './linear';
import { type LayerShape, SeededLayer, type SeededLayerOptions, type WeightPlan } from './seeded-layer';
import { constant, normal } from './tensor/initial-values';

export interface ProjectionHeadConfig extends SeededLayerOptions {
  /** D of the tokens. */
  inputWidth: number;
  /** Default 2048. */
  hiddenWidth?: number;
  /** Width of the space in which tokens are compared with prototypes. Default 256. */
  bottleneckWidth?: number;
  /** K. DINO: 65536; iBOT: 8192; some thousands for small data sets. */
  prototypes: number;
  /** Prototypes of their own for patches, on the same MLP. Default: none, patches and class tokens share `prototypes` as in iBOT's published runs. */
  patchPrototypes?: number;
  /** Linear layers before the prototypes, with GELU between. Default 3. */
  layers?: number;
  /** Whether prototypes stay at length 1 (DINO's `norm_last_layer`): steadier for small models. Default false: their lengths are trained. */
  normalizeLastLayer?: boolean;
}

/**
 * `apply(tokens)` → logits [R, E]; `tokens` [R, D] are class tokens or flattened patch tokens. `apply(tokens, { patch: true })` uses
 * `patchPrototypes`.
 *
 * MLP with GELU, bottleneck to length 1, then the product with every prototype, g · v / |v|: without bias, and with g = 1 the cosine.
 * Weights carry DINO's names; `last_layer.weight_v` [E, bottleneck] and `weight_g` [E, 1] are in PyTorch's layout, kernels transposed.
 *
 * Reference: Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", §3.1 and appendix C,
 * https://arxiv.org/abs/2104.14294
 */
export class ProjectionHead extends SeededLayer<tf.Tensor2D> {
  static className = 'ProjectionHead';

  readonly inputWidth: number;
  readonly hiddenWidth: number;
  readonly bottleneckWidth: number;
  readonly prototypes: number;
  readonly patchPrototypes: number | undefined;
  readonly layerCount: number;
  readonly normalizeLastLayer: boolean;

  constructor(config: ProjectionHeadConfig) {
    super({ seed: config.seed, name: config.name ?? 'head', trainable: config.trainable });
    const { inputWidth, hiddenWidth = 2048, bottleneckWidth = 256, prototypes, patchPrototypes, layers = 3 } = config;
    const sizes = { inputWidth, hiddenWidth, bottleneckWidth, prototypes, layers };
    for (const [name, size] of Object.entries(sizes)) assertInteger('ProjectionHead', name, size);
    if (patchPrototypes !== undefined) assertInteger('ProjectionHead', 'patchPrototypes', patchPrototypes);
    this.inputWidth = inputWidth;
    this.hiddenWidth = hiddenWidth;
    this.bottleneckWidth = bottleneckWidth;
    this.prototypes = prototypes;
    this.patchPrototypes = patchPrototypes;
    this.layerCount = layers;
    this.normalizeLastLayer = config.normalizeLastLayer ?? false;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { patch = false }: { patch?: boolean } = {}): tf.Tensor2D {
    const tokens = Array.isArray(inputs) ? inputs[0]! : inputs;
    assertShape(this.name, 'tokens', tokens.shape, [null, this.inputWidth], 'flatten the batch: one token a row');
    const lastLayer = this.lastLayer(patch);
    return tf.tidy(() => {
      let x = tokens as tf.Tensor2D;
      for (let index = 0; index < this.layerCount; index++) {
        const name = this.layerName(index);
        const projected = linear(x, this.weight(`${name}.kernel`), this.weight(`${name}.bias`));
        x = index < this.layerCount - 1 ? gelu(projected) : projected;
      }
      const directions = l2Normalize(this.weight(`${lastLayer}.weight_v`)); // [E, bottleneck]
      const prototypes = tf.mul(directions, this.weight(`${lastLayer}.weight_g`));
      return tf.matMul<tf.Tensor2D>(l2Normalize(x), prototypes as tf.Tensor2D, false, true);
    });
  }

  /** Of the class prototypes: symbolic inputs carry no options. */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const [tokens] = Array.isArray(inputShape[0]) ? (inputShape as LayerShape[]) : [inputShape as LayerShape];
    return [tokens?.[0] ?? null, this.prototypes];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { inputWidth, hiddenWidth, bottleneckWidth, prototypes, patchPrototypes, normalizeLastLayer, seed } = this;
    const sizes = { inputWidth, hiddenWidth, bottleneckWidth, prototypes, layers: this.layerCount };
    const config: tf.serialization.ConfigDict = { ...super.getConfig(), ...sizes, normalizeLastLayer, seed };
    if (patchPrototypes !== undefined) config.patchPrototypes = patchPrototypes;
    return config;
  }

  /** The trainable weights, created if they are not yet there. */
  override variables(): tf.Variable[] {
    if (!this.built) this.build([null, this.inputWidth]);
    return super.variables();
  }

  protected override planWeights(): WeightPlan[] {
    const { patchPrototypes } = this;
    return [
      ...Array.from({ length: this.layerCount }, (_, index) => this.layerWeights(index)).flat(),
      ...this.prototypeWeights('last_layer', this.prototypes),
      ...(patchPrototypes === undefined ? [] : this.prototypeWeights('last_layer2', patchPrototypes)),
    ];
  }

  private layerWeights(index: number): WeightPlan[] {
    const inputs = index === 0 ? this.inputWidth : this.hiddenWidth;
    const outputs = index === this.layerCount - 1 ? this.bottleneckWidth : this.hiddenWidth;
    return [
      { name: `${this.layerName(index)}.kernel`, shape: [inputs, outputs], values: normal(0.02) },
      { name: `${this.layerName(index)}.bias`, shape: [outputs], values: constant(0) },
    ];
  }

  private prototypeWeights(prefix: string, count: number): WeightPlan[] {
    return [
      { name: `${prefix}.weight_v`, shape: [count, this.bottleneckWidth], values: normal(0.02) },
      { name: `${prefix}.weight_g`, shape: [count, 1], values: constant(1), trainable: !this.normalizeLastLayer },
    ];
  }

  /** Activations count in DINO's numbering: `mlp.0`, `mlp.2`, `mlp.4`; a single layer is `mlp`. */
  private layerName(index: number): string {
    return this.layerCount === 1 ? 'mlp' : `mlp.${2 * index}`;
  }

  private lastLayer(patch: boolean): string {
    if (!patch) return 'last_layer';
    if (this.patchPrototypes !== undefined) return 'last_layer2';
    throw new SemmaeError({
      where: this.name,
      requirement: 'patch: true needs a head with patchPrototypes',
      got: 'shared prototypes',
      remedy: 'apply the head without options',
    });
  }
}

tf.serialization.registerClass(ProjectionHead);
