// How long the small model's training waits for its batches: steps of `mae-small` on a folder of photographs, with threads and without.
// One JSON line for each number of workers. Options: --data FOLDER --steps 30 --workers 0,1,2 --threads N

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { imageDataset, openSource } from '@semmae/data';
import { randomMasking } from '@semmae/masking';
import { maskedImageBatches, maskedImageRecipe, selectBackend } from '@semmae/pipeline';
import { adamW, maeObjective, train } from '@semmae/train';
import { MAEDecoder, ViTEncoder } from '@semmae/vit';

import { rounded } from './engine/statistics';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/imagenet-sample/images' },
    steps: { type: 'string', default: '30' },
    workers: { type: 'string', default: '0,1,2' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
  allowPositionals: true, // the benchmark's name, which run.ts reads
});
const steps = Number(options.steps);
/** Steps that compile, start threads and fill the cache. */
const warmUpSteps = 20;

const { compile } = await selectBackend('cpu', { threads: Number(options.threads) });
const recipe = maskedImageRecipe('mae-small');
const { size } = recipe.views;
for (const workers of options.workers.split(',').map(Number)) {
  const data = imageDataset(await openSource(options.data));
  const encoder = new ViTEncoder({ ...recipe.encoder, imageHeight: size, imageWidth: size, seed: 0 });
  const { patchSize, grid, width: encoderWidth } = encoder;
  const decoder = new MAEDecoder({ ...recipe.decoder, grid, patchSize, encoderWidth, seed: 1 });
  const objective = maeObjective({ encoder, decoder, normalizePixels: true });
  const optimizer = adamW({ variables: objective.variables() });
  const masking = randomMasking({ maskRatio: recipe.maskRatio });
  const stepsPerEpoch = Math.floor(data.length / recipe.batchSize);
  const batches = maskedImageBatches({ data, recipe, stepsPerEpoch, masking, grid, seed: 0, workers });
  let [began, waitedBefore] = [0, 0];
  const controller = new AbortController();
  await train({
    ...{ objective, optimizer, compile, stepsPerEpoch, epochs: recipe.epochs, schedule: () => 1e-4 },
    batch: batches.batch,
    signal: controller.signal,
    onProgress({ step }) {
      if (step === warmUpSteps) [began, waitedBefore] = [performance.now(), batches.waitedSeconds()];
      if (step === warmUpSteps + steps) controller.abort();
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const idle = (batches.waitedSeconds() - waitedBefore) / seconds;
  await batches.close();
  for (const one of [optimizer, encoder, decoder]) one.dispose();
  console.log(
    JSON.stringify({
      bench: `training-idle/mae-small-${workers}-workers`,
      value: rounded(idle),
      unit: 'share of the time',
      secondsPerStep: rounded(seconds / steps),
      ...{ workers, steps, images: data.length, batch: recipe.batchSize, threads: Number(options.threads) },
    }),
  );
}
