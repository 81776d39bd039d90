// The command line of the gallery.

import { assertInteger, createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';
import { Command } from 'commander';

import { type GalleryStrategy, galleryStrategies } from './strategies';

export interface GalleryOptions {
  out: string;
  /** A photograph; the built-in drawing where absent. */
  image: string | undefined;
  grid: PatchGrid;
  /** Masks that the statistics of each strategy count. */
  draws: number;
  seed: number;
  strategies: readonly GalleryStrategy[];
}

/** As commander gives them: text still. */
type RawOptions = Record<'out' | 'grid' | 'draws' | 'seed', string> & Partial<Record<'image' | 'strategies', string>>;

const where = 'gallery';

/** Parses `argv` (as of process.argv); prints help and exits by itself where that is asked for. */
export function parseOptions(argv: readonly string[]): GalleryOptions {
  const program = new Command()
    .name('npm run gallery:masks --')
    .description('Draws what every masking strategy does: heat map, example masks, how many patches at once.')
    .requiredOption('--out <folder>', 'for masking-gallery.png, index.html, table.md and maps/')
    .option('--image <file>', 'a photograph under the example masks (default: a built-in drawing)')
    .option('--grid <rows>x<columns>', 'patches', '14x14')
    .option('--draws <count>', 'masks of each strategy', '20000')
    .option('--seed <integer>', 'of all masks', '1')
    .option(
      '--strategies <names>',
      `separated by commas; all without it: ${galleryStrategies.map(({ name }) => name).join(', ')}`,
    )
    .exitOverride((stop) => process.exit(stop.exitCode === 0 ? 0 : 1))
    .parse(argv as string[]);
  const { out, image, ...raw } = program.opts<RawOptions>();
  const [draws, seed] = [Number(raw.draws), Number(raw.seed)];
  assertInteger(where, '--draws', draws);
  assertInteger(where, '--seed', seed, { least: 0 });
  return { out, image, draws, seed, grid: parseGrid(raw.grid), strategies: chosen(raw.strategies) };
}

function parseGrid(text: string): PatchGrid {
  const sides = /^([1-9]\d*)x([1-9]\d*)$/.exec(text);
  if (sides) return createPatchGrid(Number(sides[1]), Number(sides[2]));
  throw new SemmaeError({ where, requirement: '--grid must be <rows>x<columns>', got: text, remedy: 'such as 14x14' });
}

function chosen(text: string | undefined): readonly GalleryStrategy[] {
  if (text === undefined) return galleryStrategies;
  return text.split(',').map((name) => {
    const strategy = galleryStrategies.find((candidate) => candidate.name === name.trim());
    if (strategy) return strategy;
    const remedy = `choose from ${galleryStrategies.map((candidate) => candidate.name).join(', ')}`;
    throw new SemmaeError({ where, requirement: '--strategies must be names of the table', got: name.trim(), remedy });
  });
}
