// `semmae parts eval`.

import { type ImageDataset, openPartShard, subset } from '@semmae/data';
import type { PartEvaluation } from '@semmae/parts';
import { assertUnseen, describeEncoder, describeParts, evaluateShard } from '@semmae/pipeline';
import type { Command } from 'commander';
import type { CommandContext } from './command-context';
import { openData } from './open-data';
import { addDataOptions, type DataOptions } from './shared-options';

interface Options extends DataOptions {
  shard: string;
  encoder?: string;
  parts?: string;
  allowSeen: boolean;
  labelFree: boolean;
  json: boolean;
}

const where = 'parts eval';

export function addPartsEvalCommand(parts: Command, context: CommandContext): void {
  const command = parts
    .command('eval')
    .description('Scores a shard against masks: NMI, ARI, mIoU, foreground, landmarks, consistency, usage.')
    .requiredOption('--shard <file>', 'of `parts extract`; with --for-eval it has all scores')
    .option('--encoder <file>', 'refuse a shard of another encoder, and images that it was trained on')
    .option('--parts <file>', 'refuse images that these parts were learned on')
    .option('--allow-seen', 'score images that were trained on all the same', false)
    .option('--label-free', 'only the scores that need no masks', false)
    .option('--json', 'one JSON object instead of a table', false);
  addDataOptions(command, 'only they are scored; the others serve the regression of landmarks');
  command.addHelpText(
    'after',
    '\nExample:\n  semmae parts eval --data photos --held-out 100 --shard parts.safetensors',
  );
  command.action(async (options: Options) => {
    const described = options.encoder === undefined ? undefined : await describeEncoder(options.encoder);
    const encoderHash = described?.hash;
    const shard = await openPartShard(options.shard, { encoderHash });
    shard.close();
    const { imageSize, method, encoder } = shard.settings;
    const { evaluation: data, train } = await openData(options, imageSize, context.onProgress);
    if (!options.allowSeen) {
      if (described !== undefined) assertUnseen(where, 'encoder', described.provenance, data);
      if (options.parts !== undefined) {
        const { provenance } = await describeParts(options.parts);
        assertUnseen(where, 'part learner', provenance, data);
      }
    }
    const { labelFree } = options;
    const landmarkTraining = options.heldOut > 0 && !labelFree ? await withMasks(train) : undefined;
    const scores = await evaluateShard({ shard: options.shard, data, landmarkTraining, encoderHash, labelFree });
    context.endProgress();
    if (options.json) {
      const { shard: path, data: source, heldOut } = options;
      console.log(JSON.stringify({ shard: path, method, encoder, data: source, heldOut, ...scores }, null, 2));
    } else console.log(scoreTable(scores));
  });
}

/** The images that have masks; undefined if none has. */
async function withMasks(data: ImageDataset): Promise<ImageDataset | undefined> {
  const indices: number[] = [];
  for (let index = 0; index < data.length; index++) if ((await data.get(index)).parts) indices.push(index);
  return indices.length > 0 ? subset(data, indices) : undefined;
}

function scoreTable({
  imageCount,
  everywhere,
  foreground,
  object,
  usage,
  components,
  flipConsistency,
  cropConsistency,
  landmarks,
}: PartEvaluation) {
  const rows: [name: string, value: number | null | undefined][] = [
    ['FG-NMI', foreground?.nmi],
    ['FG-ARI', foreground?.ari],
    ['FG-mIoU (Hungarian)', foreground?.miou],
    ['NMI', everywhere?.nmi],
    ['ARI', everywhere?.ari],
    ['mIoU (Hungarian)', everywhere?.miou],
    ['object IoU', object?.iou],
    ['object AUC', object?.auc],
    ['landmark error', landmarks?.error],
    ['flip consistency, mIoU', flipConsistency?.miou],
    ['crop consistency, mIoU', cropConsistency?.miou],
    ['usage entropy', usage.entropy],
    ['effective parts', usage.effectiveParts],
    ['pieces per part', components],
  ];
  const lines = rows
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name.padEnd(24)}${value!.toFixed(3).padStart(8)}`);
  const dead = usage.dead.length > 0 ? usage.dead.join(', ') : 'none';
  return [`${imageCount} images`, ...lines, `dead parts: ${dead}`].join('\n');
}
