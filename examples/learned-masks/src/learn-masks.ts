// A run: the game on the training images, then pictures and scores of held-out ones.

import { join } from 'node:path';
import { replaceFileSync } from '@semmae/core/files';
import type { ImageDataset } from '@semmae/data';
import { enterRunFolder, Interrupted, type StageOptions } from '@semmae/pipeline';
import { writePng } from '@semmae/report';
import { type SoftMasks, softMaskReader, trainAdversarialMasking, warmupCosine } from '@semmae/train';

import { agreement } from './agreement';
import { heldOutImages, imageTensor, trainingImages, viewPairs } from './images';
import type { LearnedMasksOptions } from './options';
import { maskPanel } from './panel';
import { createPlayers, type Players } from './players';
import { maskShape, type Results, readTraining } from './results';
import { clusterSegmentation, gridSegmentation, strongestMasks } from './segmentation';

/** Of the encoder's AdamW, after 5 % of the steps. */
const baseLearningRate = 1e-3;

/** Trains, or goes on with the run in `options.out`; writes learned-masks.png and metrics.json there. Throws `Interrupted` where `signal` stops it. */
export async function learnMasks(options: LearnedMasksOptions, stage: StageOptions): Promise<Results> {
  const { out, heldOut, rows, threads, ...settings } = options;
  const mismatch = { where: '`out`', remedy: 'choose another `out`, or the options that it began with' };
  const folder = enterRunFolder({ folder: out, settings, resume: 'if-there', mismatch });
  const training = trainingImages(options.images);
  const images = await heldOutImages(heldOut);
  const players = createPlayers(options);
  try {
    const reader = softMaskReader(players.network, stage);
    const read = async (): Promise<SoftMasks> => {
      const inputs = imageTensor(images);
      try {
        return await reader(inputs);
      } finally {
        inputs.dispose();
      }
    };
    const untrained = strongestMasks(await read());
    await train(options, { ...stage, folder, players, training });
    const masks = await read();
    const learned = strongestMasks(masks);
    const results: Results = {
      settings,
      ...readTraining(folder),
      masks: maskShape(masks),
      agreement: {
        learned: agreement(learned, images),
        untrained: agreement(untrained, images),
        grid: agreement(gridSegmentation(images.length, options.masks), images),
        clusters: agreement(await clusterSegmentation(images, training, options.masks), images),
      },
    };
    await writePng(join(folder, 'learned-masks.png'), await maskPanel(images, masks, { rows, strongest: learned }));
    replaceFileSync(join(folder, 'metrics.json'), `${JSON.stringify(results, null, 2)}\n`);
    return results;
  } finally {
    players.dispose();
  }
}

interface TrainingContext extends StageOptions {
  players: Players;
  training: ImageDataset;
  folder: string;
}

async function train(
  options: LearnedMasksOptions,
  { players, training, folder, compile, signal, onProgress }: TrainingContext,
): Promise<void> {
  const { steps, penaltyWeight, seed } = options;
  const warmupSteps = Math.round(steps / 20);
  const { interrupted } = await trainAdversarialMasking({
    model: players.model,
    masks: players.network,
    penaltyWeight,
    views: viewPairs(training, seed),
    schedule: warmupCosine({ baseLearningRate, warmupSteps, totalSteps: steps }),
    epochs: 1,
    stepsPerEpoch: steps,
    folder,
    compile,
    signal,
    onProgress: ({ step, totalSteps, metrics: { siameseLoss, smallestMask, maskSharpness } }) =>
      onProgress?.({
        title: 'Adversarial masking',
        done: step,
        total: totalSteps,
        unit: 'steps',
        note: `loss ${siameseLoss!.toFixed(2)}, least mask ${smallestMask!.toFixed(3)}, sharpness ${maskSharpness!.toFixed(2)}`,
      }),
  });
  if (interrupted) throw new Interrupted();
}
