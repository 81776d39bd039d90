// `semmae parts extract`.

import { extractParts } from '@semmae/pipeline';
import type { Command } from 'commander';
import { type CommandContext, resumePolicy } from './command-context';
import { addPredictorOptions, openPredictor, type PredictorChoice } from './predictor-command';
import { addDataOptions, addResumeOption } from './shared-options';

interface Options extends PredictorChoice {
  out: string;
  forEval: boolean;
  resume: boolean;
}

export function addPartsExtractCommand(parts: Command, context: CommandContext): void {
  const command = parts
    .command('extract')
    .description('Writes the part map of every photograph into one file, a shard.')
    .requiredOption('--out <file>', 'the shard, such as parts.safetensors')
    .option(
      '--for-eval',
      'also write <out>.foreground, <out>.mirrored and <out>.cropped, which `parts eval` wants for foreground scores and the consistency of mirror images and crops; three times the work',
      false,
    );
  addDataOptions(command, 'k-means and color do not fit clusters on them; their maps are written like all others');
  addPredictorOptions(command);
  addResumeOption(command);
  command.addHelpText(
    'after',
    '\nThe shard appears when it is complete; until then the work lies in <out>.partial, where --resume goes on.\nExamples:\n  semmae parts extract --data photos --encoder runs/encoder --parts runs/parts --for-eval --out parts.safetensors\n  semmae parts extract --data photos --method k-means --encoder runs/encoder --held-out 100 --for-eval --out k-means.safetensors',
  );
  command.action(async (options: Options) => {
    const { predictor, all } = await openPredictor(context, options);
    try {
      const { out, forEval } = options;
      const { signal, onProgress } = context;
      const resume = resumePolicy(options);
      const extracted = await extractParts({ predictor, data: all, out, forEval, resume, signal, onProgress });
      context.endProgress();
      const { path, count, predicted, imagesPerSecond } = extracted;
      if (predicted > 0) console.error(`${predicted} images at ${imagesPerSecond.toPrecision(3)} images/s`);
      console.log(`${path}\n${count} images, ${predictor.partCount} parts`);
    } finally {
      predictor.dispose();
    }
  });
}
