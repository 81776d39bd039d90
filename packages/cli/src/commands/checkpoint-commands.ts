// `semmae checkpoint`: what files of weights hold, and what differs between two.

import {
  convertCheckpoint,
  convertCheckpointSettings,
  diffCheckpoints,
  diffCheckpointsSettings,
  inspectCheckpoint,
  inspectCheckpointSettings,
} from '@semmae/pipeline';
import type { Command } from 'commander';

import { type CommandContext, stageOptions } from './command-context';
import { descriptionTable } from './description-table';
import { differenceTable } from './difference-table';
import { addSettingsCommand } from './settings-command';

export function addCheckpointCommands(program: Command, context: CommandContext): void {
  const checkpoint = program.command('checkpoint').description('Inspect, convert and compare files of weights.');
  addSettingsCommand(checkpoint, {
    name: 'inspect',
    summary: 'Says what a file of weights holds: family, configuration, tensors, and what they become here.',
    schema: inspectCheckpointSettings,
    operands: ['file'],
    more: 'Examples:\n  semmae checkpoint inspect dino_deitsmall8_pretrain.pth\n  semmae checkpoint inspect hf:facebook/vit-mae-base --json',
    async run({ json, ...settings }) {
      const description = await inspectCheckpoint({ ...settings, ...context });
      context.endProgress();
      console.log(json ? jsonOf(description) : descriptionTable(description));
    },
  });

  addSettingsCommand(checkpoint, {
    name: 'convert',
    summary: 'Writes weights of any project as a model file, or as a file of another program.',
    schema: convertCheckpointSettings,
    operands: ['file'],
    more: 'Examples:\n  semmae checkpoint convert hf:facebook/vit-mae-base --out mae.safetensors\n  semmae checkpoint convert runs/semmae --format safetensors --out timm.safetensors',
    async run(settings) {
      const { path, id, hash } = await convertCheckpoint({ ...settings, ...(await stageOptions(context, settings)) });
      context.endProgress();
      console.log(`${path}\n${id}, hash ${hash}`);
    },
  });

  addSettingsCommand(checkpoint, {
    name: 'diff',
    summary: 'Compares two files of weights tensor by tensor; ends with 1 where they differ.',
    schema: diffCheckpointsSettings,
    operands: ['before', 'after'],
    more: 'Lines begin with < for what only A has, > for what only B has, ! for another shape, ~ for other values.\nExample:\n  semmae checkpoint diff runs/mae/model.safetensors runs/again/model.safetensors --tolerance 1e-6',
    async run({ json, ...settings }) {
      const difference = await diffCheckpoints({ ...settings, ...context });
      context.endProgress();
      console.log(json ? jsonOf({ ...settings, ...difference }) : differenceTable(difference, settings.tolerance));
      if (!difference.equal) process.exitCode = 1;
    },
  });
}

/** JSON has no infinity: that is text. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each === Number.POSITIVE_INFINITY ? 'Infinity' : each), 2);
}
