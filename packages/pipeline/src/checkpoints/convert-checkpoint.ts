// Weights of any project as a file of ours, or of another program.

import { existsSync } from 'node:fs';

import { assertOneOf, SemmaeError } from '@semmae/core';

import { saveModel } from '../models/encoder-file';
import { type LoadModelOptions, loadModel } from '../models/load-model';
import { type ExportFormatName, exportFormatNames, exportModel } from '../stages/export-model';

export type ConversionFormat = 'semmae' | ExportFormatName;
export const conversionFormats: readonly ConversionFormat[] = ['semmae', ...exportFormatNames];

export interface ConvertCheckpointOptions extends LoadModelOptions {
  /** What `loadModel` takes. */
  file: string;
  /** Must not be there yet. */
  out: string;
  /** 'semmae': a model file, with the decoder where there is one. The others are those of `exportModel`. Default 'semmae'. */
  format?: ConversionFormat | undefined;
}

export interface ConvertedCheckpoint {
  path: string;
  /** For people. */
  id: string;
  /** SHA-256 by which shards and part files know the encoder; it is the same for public weights and what they were converted to. */
  hash: string;
}

/**
 * Loads a model and writes it to `out`, whole or not at all. Needs a backend of tfjs.
 *
 * Throws what `loadModel` and `exportModel` throw, and a SemmaeError where `out` is there already.
 */
export async function convertCheckpoint(options: ConvertCheckpointOptions): Promise<ConvertedCheckpoint> {
  const { file, out, format = 'semmae' } = options;
  assertOneOf('convertCheckpoint', '`format`', format, conversionFormats);
  if (existsSync(out)) {
    const requirement = `${out} must not be there yet`;
    throw new SemmaeError({ where: '`out`', requirement, got: 'a file or folder', remedy: 'choose another `out`' });
  }
  const model = await loadModel(file, options);
  try {
    const { id, hash } = model;
    if (format === 'semmae') await saveModel(out, model);
    else await exportModel({ ...options, model, format });
    return { path: out, id, hash };
  } finally {
    model.encoder.dispose();
    model.decoder?.dispose();
  }
}
