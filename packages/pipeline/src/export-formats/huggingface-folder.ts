// A model as a folder that `from_pretrained` of the library transformers opens.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type TensorToWrite, usePublicModel, writeSafetensors } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';
import { type MAEDecoder, timmWeights } from '@semmae/vit';

import { buildPublicModel } from '../models/public-model';
import { encoderOutputs } from './encoder-outputs';
import type { ExportFormat } from './export-format';
import { huggingFaceModel, huggingFacePreprocessor } from './huggingface-config';
import { huggingFaceDecoderWeights, huggingFaceEncoderWeights } from './huggingface-weights';

/**
 * model.safetensors, config.json and preprocessor_config.json. It is read back as any public model is: what the reader of
 * `@semmae/checkpoints` makes of it must be the model.
 */
export const huggingFaceFolder: ExportFormat = {
  async write(path, source, metadata) {
    const { encoder, preprocessing } = source;
    const { naming, decoder, config } = huggingFaceModel(source);
    const ofEncoder = huggingFaceEncoderWeights(encoder, naming);
    const weights = new Map([
      ...[...ofEncoder].map(([name, weight]) => [decoder === undefined ? name : `vit.${name}`, weight] as const),
      ...(decoder === undefined ? [] : huggingFaceDecoderWeights(decoder, encoder.grid)),
    ]);
    const tensors = new Map<string, TensorToWrite>();
    for (const [name, { shape, read }] of weights) tensors.set(name, { dtype: 'F32', shape, values: read });
    await mkdir(path, { recursive: true });
    await writeSafetensors(join(path, 'model.safetensors'), tensors, { metadata: { format: 'pt', ...metadata } });
    const preprocessor = huggingFacePreprocessor(preprocessing, encoder.imageSize);
    for (const [name, content] of Object.entries({ config, preprocessor_config: preprocessor })) {
      await writeFile(join(path, `${name}.json`), `${jsonOf(content)}\n`);
    }
  },

  async open(path, source) {
    const { encoder, decoder } = await usePublicModel(path, {}, buildPublicModel);
    try {
      if (decoder !== undefined) await assertSameDecoder(path, decoder, source.decoder!);
    } finally {
      decoder?.dispose();
    }
    return {
      run: async (images) => encoderOutputs(encoder, images),
      close: async () => {
        encoder.dispose();
      },
    };
  },
};

/** transformers takes no integer for a ratio, and JSON of JavaScript has no 0.0. */
function jsonOf(content: object): string {
  return JSON.stringify(content, null, 2).replace(/("mask_ratio": \d+)(?=[,\n])/, '$1.0');
}

async function assertSameDecoder(path: string, copy: MAEDecoder, decoder: MAEDecoder): Promise<void> {
  const written = timmWeights(copy);
  for (const [name, { shape, read }] of timmWeights(decoder)) {
    if (String(shape) !== String(written.get(name)!.shape)) continue; // positions on another grid
    const [expected, got] = [await read(), await written.get(name)!.read()];
    if (got.every((value, index) => value === expected[index])) continue;
    throw new SemmaeError({
      where: path,
      requirement: `internal: ${name} must be what was written`,
      got: 'something else',
    });
  }
}
