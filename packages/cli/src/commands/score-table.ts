// The scores of parts as lines of text.

import type { evaluateShard } from '@semmae/pipeline';

type Scores = Awaited<ReturnType<typeof evaluateShard>>;

/** A line a score; what could not be scored is left out. */
export function scoreTable(scores: Scores): string {
  const { imageCount, everywhere, foreground, object, usage, components, flipConsistency, cropConsistency, landmarks } =
    scores;
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
