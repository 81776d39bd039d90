// The command line: every option explained by --help, every bad value answered in one line.

import { availableParallelism } from 'node:os';

import { assertInteger, assertOneOf, SemmaeError } from '@semmae/core';
import { type BackendName, backendNames } from '@semmae/pipeline';
import { Command } from 'commander';
import { type PresetName, presetNames, presets } from './presets';
import { type StrategyName, strategyNames } from './strategies';

export interface ReproOptions {
  preset: PresetName;
  /** A folder of images; the built-in part data set where absent. */
  data: string | undefined;
  /** The run folder; a free one under `repro-out` where absent. */
  out: string | undefined;
  seeds: number;
  strategies: StrategyName[];
  backend: BackendName;
  /** Models that are trained at a time, each in a process of its own. */
  jobs: number;
  resume: boolean;
}

interface RawOptions {
  preset: string;
  data?: string;
  out?: string;
  seeds?: string;
  strategies?: string;
  backend: string;
  jobs?: string;
  resume: boolean;
}

/** Parses `argv` (as of process.argv); prints help and exits by itself where that is asked for. */
export function parseOptions(argv: readonly string[]): ReproOptions {
  const program = new Command()
    .name('npm run repro --')
    .description(
      'The whole SemMAE paper: learn parts, draw masks, pre-train with every masking strategy, probe, report.',
    )
    .option(
      '--preset <name>',
      `how much to train:\n${presetNames.map((name) => `${name}: ${presets[name].summary}`).join('\n')}`,
      'demo',
    )
    .option(
      '--data <folder>',
      'images to train on: flat, one sub-folder per class, or images/ beside masks/ with part labels as PNG (default: the built-in part data set)',
    )
    .option('--out <folder>', 'run folder (default: repro-out/<preset>, numbered if taken)')
    .option('--seeds <count>', 'models trained per strategy (default: of the preset)')
    .option('--strategies <list>', `comma-separated, of ${strategyNames.join(', ')} (default: of the preset)`)
    .option(
      '--backend <name>',
      'cpu, webgpu, cuda: ONNX Runtime with that provider; wasm: tfjs wasm; tensorflow: tfjs-node, if installed',
      'cpu',
    )
    .option('--jobs <count>', 'models trained at a time, one thread each (default: the cores)')
    .option('--resume', 'continue the run in --out where it was interrupted', false)
    .addHelpText(
      'after',
      '\nCtrl-C saves and stops; the same command with --resume goes on. The run folder ends with results.json and report.html.',
    )
    .exitOverride((stop) => process.exit(stop.exitCode === 0 ? 0 : 1))
    .parse(argv as string[]);
  const raw = program.opts<RawOptions>();
  if (program.args.length > 0) {
    throw new SemmaeError({
      where: 'repro',
      requirement: 'options start with --',
      got: program.args.join(' '),
      remedy: 'see --help',
    });
  }
  assertOneOf('repro', '--preset', raw.preset, presetNames);
  assertOneOf('repro', '--backend', raw.backend, backendNames);
  const seeds = raw.seeds === undefined ? presets[raw.preset].seeds : Number(raw.seeds);
  assertInteger('repro', '--seeds', seeds);
  const jobs = raw.jobs === undefined ? availableParallelism() : Number(raw.jobs);
  assertInteger('repro', '--jobs', jobs);
  const strategies = [
    ...new Set(raw.strategies?.split(',').map((name) => name.trim()) ?? presets[raw.preset].strategies),
  ];
  for (const name of strategies) assertOneOf('repro', '--strategies', name, strategyNames);
  return {
    preset: raw.preset,
    data: raw.data,
    out: raw.out,
    seeds,
    strategies: strategies as StrategyName[],
    backend: raw.backend,
    jobs,
    resume: raw.resume,
  };
}
