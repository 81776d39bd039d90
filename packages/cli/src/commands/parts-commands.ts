// `semmae parts`: learn, extract, score and show parts.

import {
  evaluatePartsSettings,
  evaluateShard,
  extractFromFiles,
  extractPartsSettings,
  type FeatureStore,
  learnParts,
  learnPartsSettings,
  showParts,
  showPartsSettings,
} from '@semmae/pipeline';
import type { Command } from 'commander';

import { type CommandContext, resumePolicy, stageOptions } from './command-context';
import { scoreTable } from './score-table';
import { addSettingsCommand } from './settings-command';

export function addPartsCommands(program: Command, context: CommandContext): void {
  const parts = program.command('parts').description('Learn, extract, score and show semantic parts.');
  addSettingsCommand(parts, {
    name: 'learn',
    summary: 'Learns parts on the features of a frozen encoder: attention maps that are good for redrawing the image.',
    schema: learnPartsSettings,
    more: 'Ctrl-C saves and stops; the same command with --resume goes on and ends with the same parts.\nExample:\n  semmae parts learn --data photos --held-out 100 --encoder runs/encoder --out runs/parts',
    async run(settings) {
      const { path, learner, hash } = await learnParts({
        ...settings,
        ...(await stageOptions(context, settings)),
        resume: resumePolicy(settings),
        onFeatures(features) {
          context.endProgress();
          console.error(featureLine(features));
        },
      });
      context.endProgress();
      console.log(`${path}\n${learner.partCount} parts, hash ${hash}`);
    },
  });
  addSettingsCommand(parts, {
    name: 'extract',
    summary: 'Writes the part map of every photograph into one file, a shard.',
    schema: extractPartsSettings,
    more: 'The shard appears when it is complete; until then the work lies in <out>.partial, where --resume goes on.\nExamples:\n  semmae parts extract --data photos --encoder runs/encoder --parts runs/parts --for-eval --out parts.safetensors\n  semmae parts extract --data photos --method k-means --encoder runs/encoder --held-out 100 --for-eval --out k-means.safetensors',
    async run(settings) {
      const stage = await stageOptions(context, settings);
      const extracted = await extractFromFiles({ ...settings, ...stage, resume: resumePolicy(settings) });
      context.endProgress();
      const { path, count, predicted, imagesPerSecond, partCount } = extracted;
      if (predicted > 0) console.error(`${predicted} images at ${imagesPerSecond.toPrecision(3)} images/s`);
      console.log(`${path}\n${count} images, ${partCount} parts`);
    },
  });
  addSettingsCommand(parts, {
    name: 'eval',
    summary: 'Scores a shard against masks: NMI, ARI, mIoU, foreground, landmarks, consistency, usage.',
    schema: evaluatePartsSettings,
    more: 'Example:\n  semmae parts eval --data photos --held-out 100 --shard parts.safetensors',
    async run({ json, ...settings }) {
      if (settings.encoder !== undefined) await context.startBackend('cpu', {}); // for the hash of public weights
      const scores = await evaluateShard({ ...settings, ...context });
      context.endProgress();
      const { shard, data, heldOut } = settings;
      console.log(json ? JSON.stringify({ shard, data, heldOut, ...scores }, null, 2) : scoreTable(scores));
    },
  });
  addShowParts(parts, 'show', context);
}

/** `semmae parts show` and `semmae show parts` are one command. */
export function addShowParts(parent: Command, name: string, context: CommandContext): void {
  addSettingsCommand(parent, {
    name,
    summary: 'Draws photographs beside their parts, attention and background as one PNG.',
    schema: showPartsSettings,
    more: 'Examples:\n  semmae parts show --data photos --held-out 100 --encoder runs/encoder --parts runs/parts --out panel.png\n  semmae parts show --data photos --shard parts.safetensors --out panel.png',
    async run(settings) {
      const path = await showParts({ ...settings, ...(await stageOptions(context, settings)) });
      context.endProgress();
      console.log(path);
    },
  });
}

function featureLine({ bytes, cached, imagesPerSecond }: FeatureStore): string {
  const size = `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  if (!cached) return `features: ${size} would not fit --memory-limit, computed for every batch`;
  return `features: ${size} in memory, encoded at ${imagesPerSecond!.toPrecision(3)} images/s`;
}
