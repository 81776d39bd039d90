// The families: how a file is recognized as one, and what the family does that its weights do not show.

import { assertOneOf, imageNetStatistics, type Preprocessing, SemmaeError } from '@semmae/core';

import { type FamilyName, familyNames } from './family-names';
import type { Network } from './find-network';
import type { ViTArchitecture } from './public-model';

/** What a family is recognized by. */
export interface Evidence {
  naming: Network['naming'];
  /** Whether a weight has such a canonical name. */
  has(name: RegExp): boolean;
  /** Whether a weight of the network has such a name in the file, without the prefix. */
  hasOriginal(name: RegExp): boolean;
  /** Whether the file as a whole has a tensor or an entry of this name at its top. */
  top(name: string): boolean;
  /** Path of the network in the file. */
  network: string;
  container: string;
  modelType: string | undefined;
  positions: ViTArchitecture['positions'];
  /** Rows of the position table. */
  rows: number;
}

export interface Family {
  naming: Network['naming'];
  /** What its files have and what they never have, in canonical names. */
  needs?: readonly RegExp[];
  never?: readonly RegExp[];
  /** Why a file with these names is of this family; undefined where it is not. */
  recognize(evidence: Evidence): string | undefined;
  positionInterpolation: ViTArchitecture['positionInterpolation'];
  /** The same for models with register tokens, where it is another. */
  interpolationWithRegisters?: ViTArchitecture['positionInterpolation'];
  preprocessing: Required<Pick<Preprocessing, 'mean' | 'standardDeviation' | 'framing'>>;
  /** Side of the images that its published numbers are for, where that is not the position table's. */
  imageSide?: number;
}

/** ImageNet's mean and standard deviation; 256 pixels resized, 224 cropped. */
const imageNet: Family['preprocessing'] = {
  ...imageNetStatistics,
  framing: { interpolation: 'bicubic', cropFraction: 224 / 256 },
};

/** To [-1, 1], as models from Google's code and BEiT want it. */
const symmetric: Family['preprocessing'] = { ...imageNet, mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5] };

const layerScale = /\.ls1\.gamma$/;
const registers = /^reg_token$/;
const distillation = /^dist_token$/;
const decoder = /^decoder_embed\./;
const separateBias = /\.attn\.q\.bias$/;
const hasClassHead = /^head\.(weight|bias)$/;

/** In the order in which they are tried. */
const families: Readonly<Record<FamilyName, Family>> = {
  'hf-vit-mae': {
    naming: 'transformers',
    never: [layerScale, registers, distillation],
    recognize: ({ has, modelType }) =>
      modelType === 'vit_mae'
        ? ofType(modelType)
        : modelType === undefined && has(decoder)
          ? 'decoder of ViTMAE'
          : undefined,
    positionInterpolation: 'aligned',
    preprocessing: imageNet,
  },
  'hf-beit': {
    naming: 'transformers',
    never: [decoder, distillation, registers],
    recognize: ({ has, modelType }) =>
      modelType === 'beit'
        ? ofType(modelType)
        : has(layerScale) && !has(/\.attn\.k\.bias$/)
          ? 'LayerScale, and no bias of the keys'
          : undefined,
    positionInterpolation: 'aligned',
    preprocessing: symmetric,
  },
  'hf-dinov2': {
    naming: 'transformers',
    needs: [layerScale],
    never: [decoder, distillation],
    recognize: () => 'LayerScale under the names of transformers',
    positionInterpolation: 'aligned',
    interpolationWithRegisters: 'antialias',
    preprocessing: imageNet,
    imageSide: 224,
  },
  'hf-deit': {
    naming: 'transformers',
    never: [decoder, registers, layerScale],
    recognize: ({ has, modelType }) =>
      modelType === 'deit' ? ofType(modelType) : has(distillation) ? 'distillation token' : undefined,
    positionInterpolation: 'aligned',
    preprocessing: imageNet,
  },
  'hf-vit': {
    naming: 'transformers',
    never: [decoder, registers, layerScale, distillation],
    recognize: ({ modelType }) => (modelType === undefined ? 'names of ViTModel' : ofType(modelType)),
    positionInterpolation: 'aligned',
    preprocessing: { ...symmetric, framing: { interpolation: 'bilinear' } },
  },
  beit: {
    naming: 'timm',
    never: [decoder, registers, distillation],
    recognize: ({ has }) => (has(separateBias) ? 'biases q_bias and v_bias' : undefined),
    positionInterpolation: 'aligned',
    preprocessing: symmetric,
  },
  semmae: {
    naming: 'timm',
    never: [layerScale, registers, distillation, separateBias],
    recognize: ({ rows, positions }) =>
      rows === 785 && positions === 'sin-cos' ? 'sines and cosines of 28 × 28 positions' : undefined,
    positionInterpolation: 'aligned',
    preprocessing: imageNet,
  },
  mae: {
    naming: 'timm',
    never: [layerScale, registers, distillation, separateBias],
    recognize: ({ has, positions, network }) => {
      if (has(decoder)) return 'decoder of a masked autoencoder';
      if (positions === 'sin-cos') return 'positions of sines and cosines';
      return /(^|\.)model($|\.)/.test(network) && has(/^fc_norm\./) ? 'fine-tuned: fc_norm, under model' : undefined;
    },
    positionInterpolation: 'aligned',
    preprocessing: imageNet,
  },
  dinov2: {
    naming: 'timm',
    needs: [layerScale],
    never: [decoder, distillation, separateBias],
    recognize: ({ hasOriginal }) =>
      hasOriginal(/^(mask_token|register_tokens)$/) ? 'LayerScale with a mask token' : undefined,
    positionInterpolation: 'dino',
    interpolationWithRegisters: 'antialias',
    preprocessing: imageNet,
    imageSide: 224,
  },
  ibot: {
    naming: 'timm',
    never: [decoder, registers, distillation, separateBias],
    recognize: ({ has, top, network }) => {
      if (top('ibot_loss')) return 'state of the loss of iBOT';
      if (has(/last_layer2/)) return 'projection head of patches';
      if (has(/^masked_embed$/)) return 'masked_embed';
      return /^state_dict(\.backbone)?$/.test(network) && !top('arch') && !has(hasClassHead)
        ? 'a backbone under state_dict'
        : undefined;
    },
    positionInterpolation: 'dino',
    preprocessing: imageNet,
  },
  dino: {
    naming: 'timm',
    never: [decoder, registers, distillation, separateBias],
    recognize: ({ has, top, network, container }) => {
      if (top('dino_loss')) return 'state of the loss of DINO';
      if (/(^|\.)(teacher|student)($|\.)/.test(network)) return 'teacher and student';
      return network === '' && container === 'pytorch' && !has(hasClassHead)
        ? 'a backbone at the top of a .pth'
        : undefined;
    },
    positionInterpolation: 'dino',
    preprocessing: imageNet,
  },
  deit: {
    naming: 'timm',
    never: [decoder, registers, separateBias],
    recognize: ({ has, network, container }) => {
      if (has(distillation) && container !== 'safetensors') return 'distillation token';
      return /(^|\.)model(_ema)?($|\.)/.test(network) && has(hasClassHead) ? 'a classifier under model' : undefined;
    },
    positionInterpolation: 'aligned',
    preprocessing: imageNet,
  },
  timm: {
    naming: 'timm',
    never: [decoder, separateBias],
    recognize: () => "timm's names",
    positionInterpolation: 'antialias',
    preprocessing: imageNet,
  },
};

/** The family of a file, or the one that is asked for where the file can be of it. */
export function recognizeFamily(
  path: string,
  evidence: Evidence,
  asked: FamilyName | undefined,
): { name: FamilyName; family: Family; recognizedBy: string } {
  if (asked !== undefined) {
    assertOneOf(path, 'family', asked, familyNames);
    const contradiction = contradictionOf(families[asked], evidence);
    if (contradiction === undefined) return { name: asked, family: families[asked], recognizedBy: 'asked for' };
    const remedy = 'leave the family out, and it is recognized';
    throw new SemmaeError({ where: path, requirement: `must be of the family ${asked}`, got: contradiction, remedy });
  }
  for (const [name, family] of Object.entries(families) as [FamilyName, Family][]) {
    const recognizedBy = contradictionOf(family, evidence) === undefined ? family.recognize(evidence) : undefined;
    if (recognizedBy !== undefined) return { name, family, recognizedBy };
  }
  const naming = evidence.naming === 'timm' ? "timm's" : "transformers'";
  const requirement = 'must be of a known family';
  const remedy = `choose one with family: ${familyNames.join(', ')}`;
  throw new SemmaeError({ where: path, requirement, got: `a mixture of families under ${naming} names`, remedy });
}

function contradictionOf({ naming, needs = [], never = [] }: Family, evidence: Evidence): string | undefined {
  if (naming !== evidence.naming) {
    return evidence.naming === 'timm' ? 'names of timm and the original code' : 'names of the library transformers';
  }
  const lacking = needs.find((name) => !evidence.has(name));
  if (lacking !== undefined) return `no weight ${plain(lacking)}`;
  const foreign = never.find(evidence.has);
  return foreign && `a weight ${plain(foreign)}`;
}

function plain(name: RegExp): string {
  return name.source.replace(/[\\^$]/g, '').replace(/^\.|\.$/g, '');
}

function ofType(modelType: string): string {
  return `model_type ${modelType} in config.json`;
}
