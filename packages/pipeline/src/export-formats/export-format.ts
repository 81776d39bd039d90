// What every file format of an exported model can do.

import type { Preprocessing } from '@semmae/core';
import type { MAEDecoder, ViTEncoder } from '@semmae/vit';
import type * as tf from '@tensorflow/tfjs-core';

/** What a model gives for a batch of images, by name. */
export type ExportedOutputs = Record<string, tf.Tensor>;

export interface ExportSource {
  /** Its position table is that of its image size. */
  encoder: ViTEncoder;
  /** Of a masked autoencoder; formats for encoders leave it out. */
  decoder?: MAEDecoder | undefined;
  /** Whether the decoder predicts each patch standardized. */
  normalizePixels: boolean;
  preprocessing: Preprocessing;
}

export interface ExportFormat {
  /** Writes the model, and texts about it. */
  write(path: string, source: ExportSource, metadata: Readonly<Record<string, string>>): Promise<void>;
  /** Opens what was written, as its users would. */
  open(path: string, source: ExportSource): Promise<ExportedModel>;
}

/** An exported model that runs. */
export interface ExportedModel {
  /** Normalized images [B, H, W, C] → any of the outputs of `encoderOutputs`. */
  run(images: tf.Tensor4D): Promise<ExportedOutputs>;
  close(): Promise<void>;
}
