// The commands that make models and use them: pretrain, embed, probe, export.

import { pretrain, pretrainSettings } from '@semmae/pipeline';
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
      const stage = await stageOptions(context, settings);
      const { path, id, hash } = await pretrain({ ...settings, ...stage, resume: resumePolicy(settings) });
      context.endProgress();
      console.log(`${path}\n${id}, hash ${hash}`);
    },
  });
}
