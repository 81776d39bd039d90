// What happens when an image proves unreadable: it is counted and left out, up to a share.

import { assertOneOf, assertRange, SemmaeError } from '@semmae/core';

import type { LeftOut } from './sources/left-out';
import type { UnreadableImage } from './unreadable-image';

export interface UnreadablePolicy {
  /** `skip`: count it and go on. `fail`: stop at the first one. Default `skip`. */
  unreadable?: 'skip' | 'fail' | undefined;
  /** Stop when more than this share of all images proved unreadable; one may always be. Default 0.1. */
  maxUnreadable?: number | undefined;
}

/** Counts each image once in `leftOut`; throws a SemmaeError when the policy says so. */
export function unreadableCounter(
  { unreadable = 'skip', maxUnreadable = 0.1 }: UnreadablePolicy,
  { name, length, leftOut }: { name: string; length: number; leftOut: LeftOut },
): (image: UnreadableImage) => void {
  assertOneOf('imageDataset', 'unreadable', unreadable, ['skip', 'fail']);
  assertRange('imageDataset', 'maxUnreadable', maxUnreadable, 0, 1);
  const most = Math.max(1, Math.floor(maxUnreadable * length));
  const known = new Set<string>();
  return ({ id, kind, reason, cause }) => {
    if (!known.has(id)) leftOut.add(kind, id, reason);
    known.add(id);
    if (unreadable === 'fail') {
      throw new SemmaeError({
        ...{ where: name, requirement: 'every image must be readable', got: `${id}: ${reason}`, cause },
        remedy: 'repair or remove it, or leave out what cannot be read: `unreadable` skip',
      });
    }
    if (known.size > most) {
      throw new SemmaeError({
        where: name,
        requirement: `at most ${most} of ${length} images may be unreadable`,
        got: `${known.size}, the last ${id} (${reason})`,
        remedy: `${mend(kind)}, or raise \`maxUnreadable\``,
        cause,
      });
    }
  };
}

/** What the files lack where they are sound and the settings do not say how to read them. */
const unsaid = new Set(['with unclear bands', 'without value range', 'unsuited labels', 'linear light']);

function mend(kind: string): string {
  return unsaid.has(kind) ? 'the files are sound: say how they are to be read' : 'repair or remove them';
}
