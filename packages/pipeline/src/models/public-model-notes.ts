// What is said of weights of another project when they are loaded.

import type { PublicModel } from '@semmae/checkpoints';
import { patchSizeText } from '@semmae/core';

/** A line on what the file is and what became of its tensors, and one for each thing that had to be assumed. */
export function publicModelNotes(name: string, model: PublicModel): string[] {
  const { family, recognizedBy, network, encoder, report, notes } = model;
  const { width, depth, heads, patchSize } = encoder;
  const sizes = `width ${width}, depth ${depth}, ${heads} heads, patches of ${patchSizeText(patchSize)}`;
  const counts = [
    `${report.loaded.length} tensors loaded`,
    ...counted(report.leftOut.length, 'left out', new Set(report.leftOut.map(({ why }) => why))),
    ...counted(report.missing.length, 'missing, as was allowed', report.missing),
    ...counted(report.unexpected.length, 'left over, as was allowed', report.unexpected),
  ];
  const place = network === '' ? '' : `, ${network}`;
  return [
    `${name}: ${family} (${recognizedBy})${place}: ${sizes}; ${counts.join('; ')}`,
    ...notes.map((note) => `${name}: ${note}`),
  ];
}

const named = 3;

function counted(count: number, what: string, words: Iterable<string>): string[] {
  if (count === 0) return [];
  const list = [...words];
  return [`${count} ${what}: ${list.slice(0, named).join(', ')}${list.length > named ? ', …' : ''}`];
}
