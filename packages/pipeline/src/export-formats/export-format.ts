// What every file format of an exported encoder can do.

import type { ViTEncoder } from '@semmae/vit';
import type * as tf from '@tensorflow/tfjs-core';

/** What a model gives for a batch of images, by name. */
export type ExportedOutputs = Record<string, tf.Tensor>;

export interface ExportFormat {
  /** Writes `encoder`, whose position table is that of its image size, and texts about it. */
  write(path: string, encoder: ViTEncoder, metadata: Readonly<Record<string, string>>): Promise<void>;
  /** Opens what was written, as its users would. */
  open(path: string, encoder: ViTEncoder): Promise<ExportedModel>;
}

/** An exported model that runs. */
export interface ExportedModel {
  /** Normalized images [B, H, W, C] → any of the outputs of `encoderOutputs`. */
  run(images: tf.Tensor4D): Promise<ExportedOutputs>;
  close(): Promise<void>;
}
