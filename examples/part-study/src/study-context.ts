// What all of a study's cells share.

import type { ImageDataset } from '@semmae/data';
import type { StageOptions } from '@semmae/pipeline';

import type { StudyOptions } from './options';

export interface StudyContext {
  options: StudyOptions;
  train: ImageDataset;
  heldOut: ImageDataset;
  stage: StageOptions;
}
