// Any file of tensors that a person names: of any container, a folder that holds one, on the hub.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { openTensorFile, type TensorFile } from '@semmae/checkpoints';

import { localWeights } from '../models/local-weights';
import type { StageOptions } from '../runs/stage-options';

export interface OpenedCheckpoint {
  /** The file or folder on this machine. */
  path: string;
  file: TensorFile;
}

/** Throws a SemmaeError of one line for what is no file of tensors. */
export async function openCheckpoint(
  asked: string,
  stage: Pick<StageOptions, 'signal' | 'onProgress' | 'onWarning'>,
): Promise<OpenedCheckpoint> {
  const path = partsOf(await localWeights(asked, stage));
  return { path, file: await openTensorFile(path) };
}

/** Of the run folder of part learning its parts, which stand there instead of a model. */
function partsOf(path: string): string {
  const parts = join(path, 'parts.safetensors');
  const isRun = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && existsSync(parts);
  return isRun && !existsSync(join(path, 'model.safetensors')) ? parts : path;
}
