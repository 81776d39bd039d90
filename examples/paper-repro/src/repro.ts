// The paper as a program: each stage is one call, in the order of the story.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ImageDataset } from '@semmae/data';
import {
  enterRunFolder,
  installedVersions,
  probe,
  readHistory,
  type SelectedBackend,
  type StageOptions,
} from '@semmae/pipeline';
import { writeReport } from '@semmae/report';
import { ViTEncoder } from '@semmae/vit';
import writeFileAtomic from 'write-file-atomic';

import { openImages, type ReproImages } from './images';
import { runJobs } from './jobs';
import { type ModelJob, type ModelJobResult, modelFolder } from './model-job';
import { onceIn } from './once';
import type { ReproOptions } from './options';
import { partGuides } from './part-guides';
import { type Preset, presets } from './presets';
import { buildReport } from './report/build-report';
import type { Results } from './results';
import { startStopwatch } from './stopwatch';
import { loadPicture } from './stored-picture';
import { comparedStrategies, type Guide, type StrategyName } from './strategies';

export interface ReproOutcome {
  results: Results;
  /** The run folder; the report is `report.html` in it. */
  folder: string;
}

export interface ReproEnvironment extends StageOptions {
  backend: SelectedBackend;
  /** Default: the one that the options name. */
  preset?: Preset;
}

/** Held-out images that the report shows. */
const exampleCount = 6;

const settingsFile = 'config.json';

/** Runs every stage, or those that a resumed run has left. Throws `Interrupted` when the signal is aborted. */
export async function repro(options: ReproOptions, environment: ReproEnvironment): Promise<ReproOutcome> {
  const { backend, preset = presets[options.preset], signal, onProgress, onWarning, onData } = environment;
  const stage = { compile: backend.compile, signal, onProgress, onWarning, onData };
  const folder = enterFolder(options);
  const stopwatch = startStopwatch(folder);
  const images = await openImages(options.data, preset, stage);
  const strategies = options.strategies.filter((name) => images.hasParts || comparedStrategies[name].guide !== 'truth');
  for (const name of options.strategies) {
    if (!strategies.includes(name)) onWarning?.(`left out ${name}: the images have no true parts`);
  }

  // Stage A: a small encoder, parts on its frozen features, maps by every guide.
  const guides = [...new Set<Guide>(['learned', ...strategies.map((name) => comparedStrategies[name].guide)])];
  const learned = await partGuides({ images, preset, folder, guides, stage });

  // Stages B and C: a model per strategy and seed, its probes.
  const examples = await chooseExamples(images.test);
  const models = await trainModels(options, { preset, folder, strategies, examples, stage });
  const floors = images.hasClasses
    ? await probeFloors(images, { preset, folder, seeds: options.seeds, stage })
    : undefined;

  const results: Results = {
    parts: learned.scores,
    probe: models.map((model) => model.probe),
    pixelsBaseline: floors?.pixels ?? null,
    untrainedBaseline: floors?.untrained ?? null,
    majority: floors?.majority ?? null,
    seconds: stopwatch.seconds(),
    versions: Object.fromEntries(installedVersions().map(({ label, value }) => [label, value])),
  };
  writeFileAtomic.sync(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  const shown = await Promise.all(examples.map((index) => images.test.get(index)));
  const report = buildReport({
    ...{ options: { ...options, strategies }, preset, images, results, backend: backend.description },
    examples: shown,
    exampleParts: await learned.predictor.predict(shown),
    partHistory: readHistory(join(folder, 'parts')),
    models: models.map(({ probe: { strategy, seed }, reconstructions }) => ({
      ...{ strategy, seed, history: readHistory(modelFolder({ folder, strategy, seed })) },
      reconstructions: reconstructions.map(loadPicture),
    })),
  });
  await writeReport(join(folder, 'report.html'), report);
  learned.predictor.dispose();
  learned.parts.learner.dispose();
  learned.encoder.encoder.dispose();
  stopwatch.stop();
  return { results, folder };
}

/** The folder of `--out`, or a free (with --resume: the newest) one under `repro-out`. */
function enterFolder(options: ReproOptions): string {
  const { preset, data, seeds, strategies, backend, out, resume } = options;
  const settings = { preset, data: data && resolve(data), seeds, strategies, backend };
  const path = out === undefined ? defaultFolder(preset, resume) : resolve(out);
  return enterRunFolder({ folder: path, settings, resume: resume ? 'if-there' : 'refuse' });
}

function defaultFolder(preset: string, resume: boolean): string {
  const numbered = (attempt: number) => resolve('repro-out', attempt === 1 ? preset : `${preset}-${attempt}`);
  let attempt = 1;
  while (existsSync(join(numbered(attempt), settingsFile))) attempt++;
  return numbered(resume ? Math.max(1, attempt - 1) : attempt);
}

interface ModelsContext {
  preset: Preset;
  folder: string;
  strategies: readonly StrategyName[];
  examples: readonly number[];
  stage: StageOptions;
}

/** Seed by seed rather than strategy by strategy: an interrupted run has compared like with like. */
function trainModels(options: ReproOptions, context: ModelsContext): Promise<ModelJobResult[]> {
  const { preset, folder, strategies, examples, stage } = context;
  const { seeds, jobs: workers, data, backend } = options;
  const threads = backend === 'cpu' && workers > 1 ? 1 : undefined;
  const jobs = Array.from({ length: seeds }, (_, seed) =>
    strategies.map((strategy): ModelJob => {
      return { strategy, seed, preset, data, folder, backend, threads, examples: seed === 0 ? examples : [] };
    }),
  ).flat();
  const shares = new Map<ModelJob, number>();
  return runJobs<ModelJob, ModelJobResult>({
    jobs,
    workers,
    script: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    signal: stage.signal,
    onProgress(job, done) {
      shares.set(job, done);
      const sum = [...shares.values()].reduce((total, share) => total + share, 0);
      const note = `${workers} at a time`;
      const title = `Training ${jobs.length} models`;
      stage.onProgress?.({ title, done: Math.floor((100 * sum) / jobs.length), total: 100, unit: '%', note });
    },
  });
}

/** What can be told without training: a linear probe on pixels and on the initial weights, and always naming the largest class. */
function probeFloors(
  { probeTrain, test }: ReproImages,
  {
    preset: { model, imageSize },
    folder,
    seeds,
    stage,
  }: Pick<ModelsContext, 'preset' | 'folder' | 'stage'> & { seeds: number },
): Promise<{ pixels: number; untrained: number[]; majority: number }> {
  return onceIn(join(folder, 'floors.json'), async () => {
    const untrained: number[] = [];
    let [pixels, majority] = [Number.NaN, Number.NaN];
    for (let seed = 0; seed < seeds; seed++) {
      const encoder = new ViTEncoder({ ...model.encoder, imageHeight: imageSize, imageWidth: imageSize, seed });
      try {
        const found = await probe({
          ...stage,
          ...{ model: { encoder }, data: probeTrain, test, pooling: 'both', protocols: ['linear'], pixels: seed === 0 },
        });
        untrained.push(found.scores[0]!.accuracy.mean);
        if (seed === 0) [pixels, majority] = [found.pixels[0]!.accuracy.mean, found.majority];
      } finally {
        encoder.dispose();
      }
    }
    return { pixels, untrained, majority };
  });
}

/** One example of each class while there are any, else the first images. */
async function chooseExamples(test: ImageDataset): Promise<number[]> {
  const seen = new Set<number>();
  const [fresh, others]: [number[], number[]] = [[], []];
  for (let index = 0; index < test.length; index++) {
    const { label } = await test.get(index);
    if (label === undefined || seen.has(label)) others.push(index);
    else {
      seen.add(label);
      fresh.push(index);
    }
  }
  return [...fresh, ...others].slice(0, exampleCount);
}
