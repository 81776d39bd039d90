// Pre-trains one model per strategy and seed with equal budgets, and probes each.

import type { Picture } from '@semmae/report';
import type { StepRecord } from '@semmae/train';

import type { ReproOptions } from '../options';
import type { TrainedModelRecord } from '../report/report-input';
import type { ProbeResult } from '../results';
import type { RunContext } from '../run-context';
import type { BothWays, Guide } from '../samples';
import { loadPicture, type StoredPicture, storePicture } from '../stored-picture';
import { comparedStrategies, type StrategyName } from '../strategies';
import { evaluateEncoder, pixelsBaseline } from './evaluate';
import { pretrain } from './pretrain';
import { type ReconstructionInput, reconstruct } from './reconstruct';

/** Steps that compile and warm up, left out of the throughput. */
const warmUpSteps = 5;

/** One finished model on disk. */
interface StoredModel {
  result: ProbeResult;
  history: StepRecord[];
  seconds: number;
  reconstructions: StoredPicture[];
}

export interface ComparisonInput {
  guides: readonly BothWays<Guide>[];
  /** What the first seed of each strategy redraws for the report. */
  examples: readonly ReconstructionInput[];
}

export interface Comparison {
  probe: ProbeResult[];
  models: TrainedModelRecord[];
}

/** Seed by seed rather than strategy by strategy: an interrupted run has compared like with like. */
export async function compareStrategies(
  context: RunContext,
  options: ReproOptions,
  input: ComparisonInput,
): Promise<Comparison> {
  const baseline = await context.folder.once('pixels-baseline', () => pixelsBaseline(context));
  const comparison: Comparison = { probe: [], models: [] };
  for (let seed = 0; seed < options.seeds; seed++) {
    for (const strategy of options.strategies) {
      const name = `models/${strategy}-seed${seed}`;
      const stored = await context.folder.once(`${name}/result`, () =>
        trainAndProbe(context, { name, strategy, seed, baseline, seeds: options.seeds }, input),
      );
      comparison.probe.push(stored.result);
      comparison.models.push({
        strategy,
        seed,
        history: stored.history,
        seconds: stored.seconds,
        reconstructions: stored.reconstructions.map(loadPicture),
      });
    }
  }
  return comparison;
}

interface ModelToTrain {
  name: string;
  strategy: StrategyName;
  seed: number;
  seeds: number;
  baseline: number | null;
}

async function trainAndProbe(
  context: RunContext,
  { name, strategy, seed, seeds, baseline }: ModelToTrain,
  { guides, examples }: ComparisonInput,
): Promise<StoredModel> {
  const { preset, images } = context;
  const title = `${strategy}, seed ${seed + 1} of ${seeds}`;
  const { model, history } = await pretrain(context, {
    title,
    name,
    strategy: comparedStrategies[strategy].create(),
    steps: preset.steps.pretrain,
    seed,
    guides,
  });
  try {
    const accuracy = await evaluateEncoder(model.encoder, context);
    const reconstructions: Picture[] = [];
    for (const example of seed === 0 ? examples : []) reconstructions.push(await reconstruct(model, example));
    return {
      result: {
        strategy,
        seed,
        ...accuracy,
        pixelsBaseline: baseline,
        imagesPerSecond: throughput(history, Math.min(preset.batchSize, images.pretrain.length)),
      },
      history,
      seconds: history.at(-1)!.seconds,
      reconstructions: reconstructions.map(storePicture),
    };
  } finally {
    model.dispose();
  }
}

/** Median over the steps after the first few, which compile. */
function throughput(history: readonly StepRecord[], batchSize: number): number {
  const seconds = history.slice(1).map((record, index) => record.seconds - history[index]!.seconds);
  const steady = (seconds.length > 2 * warmUpSteps ? seconds.slice(warmUpSteps) : seconds)
    .filter((duration) => duration > 0)
    .sort((a, b) => a - b);
  const median = steady[Math.floor(steady.length / 2)];
  return median === undefined ? 0 : batchSize / median;
}
