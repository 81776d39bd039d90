// A predictor from what names it, and the images at its size.

import { type DataOptions, type OpenedData, openData } from '../batches/open-data';
import type { EncoderModel } from '../models/encoder-file';
import { loadEncoder } from '../models/load-model';
import { loadParts, type PartsModel } from '../models/parts-file';
import type { PublicWeightsOptions } from '../models/public-weights-options';
import { encoderBeside } from '../runs/run-folder';
import { createPredictor } from './create-predictor';
import type { PartPredictor } from './part-predictor';
import { type PredictorOptions, plainGeometry } from './predictor-options';

/** `createPredictor`'s options, with models by file or run folder where that is easier. */
export interface NamedPredictorOptions
  extends Omit<PredictorOptions, 'encoder' | 'parts' | 'training'>,
    DataOptions,
    PublicWeightsOptions {
  /** Default: that of `parts` where it is the folder of a SemMAE run. */
  encoder?: string | EncoderModel;
  parts?: string | PartsModel;
}

export interface OpenedPredictor {
  predictor: PartPredictor;
  data: OpenedData;
  /** Frees the predictor and what was loaded for it. */
  dispose(): void;
}

/** Clusters are fitted on the images that are not held out; the truth counts its parts everywhere. */
export async function openPredictor(options: NamedPredictorOptions): Promise<OpenedPredictor> {
  const named = options.encoder ?? encoderBeside(options.parts);
  const encoder = typeof named === 'string' ? await loadEncoder(named, options) : named;
  const parts = typeof options.parts === 'string' ? await loadParts(options.parts) : options.parts;
  const dispose = () => {
    if (typeof named === 'string') encoder?.encoder.dispose();
    if (typeof options.parts === 'string') parts?.learner.dispose();
  };
  const { data: _named, masks: _masks, heldOut: _heldOut, ...others } = options;
  const resolved: PredictorOptions = { ...others, encoder, parts };
  try {
    const needsEncoder = options.method === 'learned' || options.method === 'attention-heads';
    if (encoder === undefined && needsEncoder) throw await createPredictor(resolved); // says what is missing
    const data = await openData(options, plainGeometry(resolved), options);
    const training = options.method === 'ground-truth' ? data.all : data.train;
    const predictor = await createPredictor({ ...resolved, training });
    return {
      predictor,
      data,
      dispose() {
        predictor.dispose();
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
