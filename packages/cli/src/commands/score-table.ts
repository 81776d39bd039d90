// The scores of parts as lines of text.

import type { evaluateShard } from '@semmae/pipeline';

type Scores = Awaited<ReturnType<typeof evaluateShard>>;

/** A line a score. Scores that need what was not given, such as masks, are left out; those that had nothing to score say so. */
export function scoreTable(scores: Scores): string {
  const { imageCount, foregroundImageCount, everywhere, foreground, object, usage } = scores;
  const { components, flipConsistency, cropConsistency, landmarks } = scores;
  const ofTruth = (value: number | null | undefined) => (foregroundImageCount === null ? undefined : (value ?? null));
  const rows: [name: string, value: number | null | undefined][] = [
    ['FG-NMI', ofTruth(foreground?.nmi)],
    ['FG-ARI', ofTruth(foreground?.ari)],
    ['FG-mIoU (Hungarian)', ofTruth(foreground?.miou)],
    ['NMI', ofTruth(everywhere?.nmi)],
    ['ARI', ofTruth(everywhere?.ari)],
    ['mIoU (Hungarian)', ofTruth(everywhere?.miou)],
    ['object IoU', ofTruth(object?.iou)],
    ['object AUC', object?.auc ?? undefined],
    ['landmark error', landmarks?.error],
    ['flip consistency, mIoU', flipConsistency?.miou],
    ['crop consistency, mIoU', cropConsistency?.miou],
    ['usage entropy', usage.entropy],
    ['effective parts', usage.effectiveParts],
    ['pieces per part', components ?? undefined],
  ];
  const lines = rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(24)}${(value?.toFixed(3) ?? 'no score').padStart(8)}`);
  const dead = usage.dead.length > 0 ? usage.dead.join(', ') : 'none';
  const empty = foregroundImageCount === null ? 0 : imageCount - foregroundImageCount;
  const title = `${imageCount} images${empty > 0 ? `, ${empty} without foreground` : ''}`;
  return [title, ...lines, `dead parts: ${dead}`].join('\n');
}
