// What a public checkpoint holds, in one vocabulary for all families.

import type { Preprocessing } from '@semmae/core';

import type { FamilyName } from './family-names';

type Grid = { rows: number; columns: number };
type Size = { height: number; width: number };

/** How positions get to other grids, in the words of `PositionTableConfig` of `@semmae/vit`. */
export const positionInterpolations = ['aligned', 'dino', 'antialias', 'recompute'] as const;
export type PositionInterpolation = (typeof positionInterpolations)[number];

/** A ViT in the words of `ViTEncoderConfig` of `@semmae/vit`; what is absent has its default there. */
export interface ViTArchitecture {
  /** Pixels of the images that the position table is for. */
  imageHeight: number;
  imageWidth: number;
  patchSize: number | Size;
  channels: number;
  width: number;
  depth: number;
  heads: number;
  /** Hidden width of a block in units of `width`; `hiddenWidth` stands instead where that is no whole number. */
  mlpRatio?: number;
  hiddenWidth?: number;
  mlp?: 'swiglu';
  classToken?: false;
  distillationToken?: true;
  registers?: number;
  classPosition?: false;
  layerScale?: number;
  qkvBias?: false;
  patchBias?: false;
  preNorm?: true;
  finalNorm?: 'pooled' | 'none';
  normEpsilon?: number;
  maskToken?: true;
  positions: 'sin-cos' | 'learned';
  positionGrid: Grid;
  positionInterpolation: PositionInterpolation;
}

/** The decoder of a masked autoencoder in the words of `MAEDecoderConfig`. */
export interface DecoderArchitecture {
  grid: Grid;
  patchSize: number | Size;
  channels: number;
  encoderWidth: number;
  width: number;
  depth: number;
  heads: number;
  mlpRatio: number;
}

/** A projection head in the words of `ProjectionHeadConfig`. */
export interface HeadArchitecture {
  inputWidth: number;
  hiddenWidth?: number;
  bottleneckWidth: number;
  prototypes: number;
  patchPrototypes?: number;
  layers: number;
}

/** A weight under its canonical name, in PyTorch's layout; its values are read from the file when they are asked for. */
export interface PublicWeight {
  readonly shape: readonly number[];
  /** Names in the file of what it is made of: one, or those of queries, keys and values. */
  readonly sources: readonly string[];
  /** Row-major. Throws a SemmaeError of one line where a value is not finite. */
  read(): Promise<Float32Array>;
}

/** What became of every tensor of the file. */
export interface LoadReport {
  /** Names in the file. */
  loaded: string[];
  /** Known and not needed, with the reason: 'classification head', 'optimizer'. */
  leftOut: { name: string; why: string }[];
  /** Canonical names that the architecture needs and the file lacks; only those of `allow.missing`. */
  missing: string[];
  /** Names in the file that mean nothing here; only those of `allow.unexpected`. */
  unexpected: string[];
  /** Canonical names with shapes that do not fit the others. Always empty: there is nothing to be done about one. */
  otherShape: { name: string; expected: readonly number[]; got: readonly number[] }[];
}

export interface PublicModel {
  /** Of the file, for messages. */
  path: string;
  family: FamilyName;
  /** How the family was recognized, for people. */
  recognizedBy: string;
  /** Where the network was in the file: 'teacher.backbone', '' at the top. */
  network: string;
  encoder: ViTArchitecture;
  decoder?: DecoderArchitecture;
  /** Whether the decoder predicts each patch by its own mean and deviation, where a configuration or the arguments of the training say it. */
  normalizePixels?: boolean;
  /** By name: 'head', of a DINOv2 training 'dino_head' and 'ibot_head'. */
  heads: ReadonlyMap<string, HeadArchitecture>;
  preprocessing: Preprocessing;
  /**
   * timm's names; the decoder's as in MAE (`decoder_blocks.0.…`, `mask_token`), those of a head as in DINO, after its name: the
   * prototypes `head.last_layer` are g · v / |v| of `weight_g` and `weight_v`.
   */
  weights: ReadonlyMap<string, PublicWeight>;
  report: LoadReport;
  /** What was assumed or replaced, a sentence each. */
  notes: string[];
}
