// The commands that make models and use them: pretrain, embed, probe, export.

import { writeFileSync } from 'node:fs';

import {
  embed,
  embedSettings,
  estimatePretraining,
  estimateTable,
  exportModel,
  exportSettings,
  pretrain,
  pretrainSettings,
  probe,
  probeSettings,
  probeTable,
} from '@semmae/pipeline';
import type { Command } from 'commander';

import { type CommandContext, resumePolicy, stageOptions } from './command-context';
import { addSettingsCommand } from './settings-command';

export function addModelCommands(program: Command, context: CommandContext): void {
  addSettingsCommand(program, {
    name: 'pretrain',
    summary: 'Trains a vision transformer on photographs, without labels.',
    schema: pretrainSettings,
    more: 'Ctrl-C saves and stops; the same command with --resume goes on and ends with the same model.\nExamples:\n  semmae pretrain --method semmae --data photos --out runs/semmae\n  semmae pretrain --method mae --masking block:0.6 --data photos --out runs/mae',
    async run({ dryRun, ...settings }) {
      const options = { ...settings, ...(await stageOptions(context, settings)), resume: resumePolicy(settings) };
      if (dryRun) {
        const estimate = await estimatePretraining(options);
        context.endProgress();
        console.log(estimateTable(estimate));
        return;
      }
      const { path, id, hash } = await pretrain(options);
      context.endProgress();
      console.log(`${path}\n${id}, hash ${hash}`);
    },
  });
  addSettingsCommand(program, {
    name: 'embed',
    summary: 'Writes a feature vector for every image.',
    schema: embedSettings,
    more: 'Example:\n  semmae embed --model runs/semmae --data photos --out features.npy',
    async run(settings) {
      const stage = await stageOptions(context, settings);
      const { path, count, width, encoded, imagesPerSecond } = await embed({
        ...settings,
        ...stage,
        resume: resumePolicy(settings),
      });
      context.endProgress();
      if (encoded > 0) console.error(`${encoded} images at ${imagesPerSecond.toPrecision(3)} images/s`);
      console.log(`${path}\n${count} images, ${width} values each`);
    },
  });
  addSettingsCommand(program, {
    name: 'probe',
    summary: 'Says how well classes can be read from the features of a model: linear probe and k nearest neighbors.',
    schema: probeSettings,
    more: 'Example:\n  semmae probe --model runs/semmae --data labeled\nLabels are the names of the sub-folders.',
    async run({ knn, linear, json, out, test, seeds, heldOutShare, ...settings }) {
      const protocols = knn === linear ? undefined : ([knn ? 'knn' : 'linear'] as const);
      const splits = test === undefined ? { seeds, heldOutShare } : {};
      const stage = await stageOptions(context, settings);
      const result = await probe({ ...settings, ...stage, ...splits, test, protocols });
      context.endProgress();
      const text = JSON.stringify(result, null, 2);
      if (out !== undefined) writeFileSync(out, `${text}\n`);
      console.log(json ? text : probeTable(result));
    },
  });
  addSettingsCommand(program, {
    name: 'export',
    summary: 'Writes a model for other programs, and checks that it gives the same there.',
    schema: exportSettings,
    more: 'Example:\n  semmae export --model runs/semmae --format onnx --out model.onnx',
    async run({ format = 'onnx', ...settings }) {
      const stage = await stageOptions(context, settings);
      const { path, largestDifference } = await exportModel({ ...settings, ...stage, format });
      context.endProgress();
      console.log(`${path}\nlargest difference from the model ${largestDifference.toExponential(1)}`);
    },
  });
}
