// The paper as a program: each stage is one call, in the order of the story.

import { join } from 'node:path';
import { createRng } from '@semmae/core';
import { randomMasking } from '@semmae/masking';
import type { SelectedBackend } from '@semmae/pipeline';
import { pixelPicture, writeReport } from '@semmae/report';
import { type ImageSet, loadImageSet } from './image-set';
import { gridOf } from './models';
import type { ReproOptions } from './options';
import { maskRatio, type Preset, presets } from './presets';
import { readHistory } from './read-history';
import { buildReport } from './report/build-report';
import type { Results } from './results';
import type { RunContext } from './run-context';
import { openRunFolder } from './run-folder';
import { bothWays, normalizedPixels, prepareImages } from './samples';
import { compareStrategies } from './stages/compare-strategies';
import { drawPartMaps } from './stages/draw-part-maps';
import { learnParts } from './stages/learn-parts';
import { pretrain } from './stages/pretrain';
import type { ReconstructionInput } from './stages/reconstruct';
import { scoreLearnedParts } from './stages/score-parts';
import { startStopwatch } from './stopwatch';
import { installedVersions } from './versions';

export interface ReproOutcome {
  results: Results;
  /** The run folder; the report is `report.html` in it. */
  folder: string;
}

export interface ReproEnvironment {
  backend: SelectedBackend;
  /** Aborting finishes the step, saves, and throws `Interrupted`. */
  signal: AbortSignal;
  /** Default: the one that the options name. */
  preset?: Preset;
}

/** Held-out images that the report shows. */
const exampleCount = 6;

/** Runs every stage, or those that a resumed run has left. Throws `Interrupted` when the signal is aborted. */
export async function repro(options: ReproOptions, environment: ReproEnvironment): Promise<ReproOutcome> {
  const { backend, signal, preset = presets[options.preset] } = environment;
  const images = await loadImageSet(options.data, preset);
  const folder = openRunFolder(options);
  const stopwatch = startStopwatch(folder.path);
  const prepared = prepareImages(images.pretrain, preset.imageSize);
  const evaluation = {
    probeTrain: normalizedPixels(images.probeTrain, preset.imageSize),
    test: normalizedPixels(images.test, preset.imageSize),
  };
  const context: RunContext = { preset, images, prepared, evaluation, folder, backend, signal };

  // Stage A: a small encoder, parts on its frozen features, a part map for every image.
  const partEncoder = await pretrain(context, {
    title: 'Part encoder, random masks',
    name: 'part-encoder',
    strategy: randomMasking({ maskRatio }),
    steps: preset.steps.partEncoder,
    seed: partEncoderSeed,
  });
  const learned = await learnParts(context, partEncoder.model.encoder);
  const maps = await drawPartMaps(
    learned,
    prepared.map(([plain]) => plain),
    preset.imageSize,
  );
  const testMaps = await drawPartMaps(learned, evaluation.test, preset.imageSize);
  const parts = scoreLearnedParts(images.test, testMaps, gridOf(preset));
  learned.dispose();
  partEncoder.model.dispose();

  // Stages B and C: a model per strategy and seed, its probes.
  const examples = chooseExamples(images);
  const guides = maps.map((map) => bothWays(map, gridOf(preset)));
  const comparison = await compareStrategies(context, options, {
    guides,
    examples: examples.map((index) => exampleOf(context, index)),
  });

  const results: Results = {
    parts,
    probe: comparison.probe,
    seconds: stopwatch.seconds(),
    versions: installedVersions(),
  };
  folder.write('results.json', `${JSON.stringify(results, null, 2)}\n`);
  const report = buildReport({
    options,
    context,
    results,
    examples,
    exampleParts: examples.map((index) => testMaps[index]!),
    partHistory: readHistory(join(folder.path, 'parts')),
    models: comparison.models,
  });
  await writeReport(join(folder.path, 'report.html'), report);
  stopwatch.stop();
  return { results, folder: folder.path };
}

/** A seed apart from those of the compared models. */
const partEncoderSeed = 1000;

/** One example of each class while there are any, else the first images. */
function chooseExamples({ test }: ImageSet): number[] {
  const seen = new Set<number>();
  const fresh = test.flatMap(({ label }, index) => {
    if (label === undefined || seen.has(label)) return [];
    seen.add(label);
    return [index];
  });
  const others = test.map((_, index) => index).filter((index) => !fresh.includes(index));
  return [...fresh, ...others].slice(0, exampleCount);
}

/** An example under the random mask that every model gets. */
function exampleOf({ images, evaluation, preset }: RunContext, index: number): ReconstructionInput {
  return {
    picture: pixelPicture(images.test[index]!),
    pixels: evaluation.test[index]!,
    mask: randomMasking({ maskRatio }).sample(
      { grid: gridOf(preset), progress: 1 },
      createRng(0).split('example', index),
    ),
  };
}
