import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { partDataset } from '@semmae/data';
import { randomMasking } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type EventRead, readEvents } from '../../../report/src/tensorboard/__fixtures__/read-events';
import { tinyAdversarial, tinyDistillation, tinyMAE, tinySemMAE } from '../__fixtures__/tiny-recipes';
import { type SelectedBackend, selectBackend } from '../backends/select-backend';
import { planRecipe } from '../recipes/pretrain-recipe';
import { type PretrainOptions, pretrain } from '../stages/pretrain';
import { trainMaskedAutoencoder } from '../stages/train-masked-autoencoder';
import { Interrupted } from './interrupted';

let scratch: string;
let backend: SelectedBackend;
beforeAll(async () => {
  backend = await selectBackend('cpu');
  scratch = mkdtempSync(join(tmpdir(), 'semmae-recorder-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const data = partDataset({ seed: 1, count: 11, height: 28, width: 28 });
const options = (name: string, changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
  ...{ data, recipe: tinyMAE, steps: 12, out: join(scratch, name), compile: backend.compile },
  ...changes,
});

/** What TensorBoard shows: later files take back the steps from their start on. */
function shownEvents(name: string): EventRead[] {
  const folder = join(scratch, name);
  const files = readdirSync(folder).filter((file) => file.includes('.tfevents.'));
  let shown: EventRead[] = [];
  for (const file of files.sort()) {
    for (const event of readEvents(readFileSync(join(folder, file)))) {
      if (event.session !== undefined) shown = shown.filter(({ step }) => step < event.step);
      else if (event.tag !== undefined) shown.push(event);
    }
  }
  return shown;
}
const stepsOf = (events: EventRead[], tag: string) => events.filter((one) => one.tag === tag).map(({ step }) => step);

describe('recordRun', () => {
  it.each([
    ['mae', tinyMAE, ['image', 'masked', 'reconstruction'], 'loss'],
    ['dino', { ...tinyDistillation, masking: undefined, patchWeight: 0 }, ['image', 'attention'], 'classLoss'],
    ['ibot', tinyDistillation, ['image', 'attention', 'masked'], 'patchLoss'],
    ['adios', tinyAdversarial, ['image', 'mask 1', 'mask 2', 'mask 3'], 'siameseLoss'],
  ] as const)('leaves curves, pictures and a report of %s, and no tensors', async (name, recipe, columns, metric) => {
    const warnings: string[] = [];
    const before = tf.memory().numTensors;
    const { encoder, decoder } = await pretrain(
      options(name, { recipe, steps: 8, onWarning: (message) => warnings.push(message) }),
    );
    for (const layer of [encoder, decoder]) layer?.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(warnings).toEqual([]);
    const events = shownEvents(name);
    const steps = [1, 2, 3, 4, 5, 6, 7, 8];
    for (const tag of ['loss', 'learningRate', 'gradientNorm', 'imagesPerSecond', metric]) {
      expect(stepsOf(events, `train/${tag}`)).toEqual(steps);
    }
    expect(stepsOf(events, 'panel')).toEqual([1, 2, 4, 5, 7, 8]);
    const report = readFileSync(join(scratch, name, 'report.html'), 'utf8');
    for (const column of columns) expect(report).toContain(`<th scope="col">${column}</th>`);
    expect(report.match(/<img /g)).toHaveLength(4 * columns.length);
    for (const word of ['Final loss', 'Learning rate', 'Processor', 'onnxruntime-node', 'semmae embed --model']) {
      expect(report).toContain(word);
    }
  });

  it('shows parts and the masks of the schedule where masks follow parts', async () => {
    await pretrain(options('semmae', { recipe: tinySemMAE, encoderSteps: 2, partSteps: 2, partCount: 3, steps: 4 }));
    const report = readFileSync(join(scratch, 'semmae', 'report.html'), 'utf8');
    for (const column of ['parts', 'masked', 'reconstruction', 'semantic, at 50\u00a0% of the training, ']) {
      expect(report).toContain(`<th scope="col">${column}`);
    }
    expect(report).toContain('Dark blue patches are not used');
  }, 60_000);

  it('leaves every step once after interruptions, clean ones and kills', async () => {
    const stopAfter = (step: number) => {
      const abort = new AbortController();
      return { signal: abort.signal, onProgress: ({ done }: { done: number }) => done === step && abort.abort() };
    };
    await expect(pretrain(options('halves', stopAfter(5)))).rejects.toThrow(Interrupted);
    expect(existsSync(join(scratch, 'halves', 'report.html'))).toBe(false);
    // As a kill: no checkpoint after step 5, though steps 6 to 8 are in the event file.
    const dies = pretrain(
      options('halves', {
        onStep: ({ step }) => {
          if (step === 8) throw new Error('killed');
        },
      }),
    );
    await expect(dies).rejects.toThrow('killed');
    await pretrain(options('halves', { resume: 'require' }));
    await pretrain(options('whole'));
    const [halves, whole] = [shownEvents('halves'), shownEvents('whole')];
    for (const tag of ['train/loss', 'train/learningRate', 'panel']) {
      expect(stepsOf(halves, tag)).toEqual(stepsOf(whole, tag));
    }
    const losses = (events: EventRead[]) =>
      events.filter(({ tag }) => tag === 'train/loss').map(({ scalar }) => scalar);
    expect(losses(halves)).toEqual(losses(whole));
    const pictures = (events: EventRead[]) => events.flatMap(({ image }) => (image ? [image.png] : []));
    expect(pictures(halves)).toEqual(pictures(whole));
  }, 60_000);

  it('changes nothing of the training', async () => {
    const recorded = await pretrain(options('recorded'));
    const { recipe, stepsPerEpoch } = planRecipe(tinyMAE, data.length, { steps: 12 });
    const bare = await trainMaskedAutoencoder({
      ...{ data, recipe, stepsPerEpoch, constantLearningRate: false, seed: 0, settings: {}, compile: backend.compile },
      pixels: { channels: 3, statistics: undefined },
      masking: randomMasking({ maskRatio: recipe.maskRatio }),
    });
    const valuesOf = (one: Pick<typeof bare, 'encoder' | 'decoder'>) =>
      [one.encoder, one.decoder!].flatMap((layer) => layer.variables().map((variable) => variable.dataSync()));
    expect(valuesOf(recorded)).toEqual(valuesOf(bare));
  });

  it('keeps the model where the report cannot be written', async () => {
    mkdirSync(join(scratch, 'blocked', 'report.html'), { recursive: true });
    const warnings: string[] = [];
    const { path } = await pretrain(options('blocked', { steps: 2, onWarning: (message) => warnings.push(message) }));
    expect(warnings).toEqual([expect.stringMatching(/^left out report\.html: .*/)]);
    expect(existsSync(path)).toBe(true);
  });
});
