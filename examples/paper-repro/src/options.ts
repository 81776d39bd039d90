// The command line: every option explained by --help, every bad value answered in one line.

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
  resume: boolean;
}

interface RawOptions {
  preset: string;
  data?: string;
  out?: string;
  seeds?: string;
  strategies?: string;
  backend: string;
  resume: boolean;
}

/** Parses `argv` (as of process.argv); prints help and exits by itself where that is asked for. */
export function parseOptions(argv: readonly string[]): ReproOptions {
  const program = new Command()
    .name('npm run repro --')
    .description(
      'The whole SemMAE paper: learn parts, draw masks, pre-train with five masking strategies, probe, report.',
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
    .option('--strategies <list>', `comma-separated, of ${strategyNames.join(', ')} (default: all)`)
    .option(
      '--backend <name>',
      'cpu, webgpu, cuda: ONNX Runtime with that provider; wasm: tfjs wasm; tensorflow: tfjs-node, if installed',
      'cpu',
    )
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
  const strategies = [...new Set(raw.strategies?.split(',').map((name) => name.trim()) ?? strategyNames)];
  for (const name of strategies) assertOneOf('repro', '--strategies', name, strategyNames);
  return {
    preset: raw.preset,
    data: raw.data,
    out: raw.out,
    seeds,
    strategies: strategies as StrategyName[],
    backend: raw.backend,
    resume: raw.resume,
  };
}
