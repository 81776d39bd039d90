import { describe, expect, it } from 'vitest';

import { leftOut } from './left-out';

describe('leftOut', () => {
  it('counts by kind and keeps the first paths of each', () => {
    const found = leftOut();
    expect([found.total, found.summary(), found.entries()]).toEqual([0, '', []]);
    found.add('truncated', 'a.jpg', 'premature end');
    for (const path of ['.cache', '__MACOSX']) found.add('hidden folder', path);
    for (let index = 0; index < 1003; index++) found.add('.heic', `${index}.heic`);
    found.add('mask without image', 'masks/b.png');
    found.add('mask without image', 'masks/c.png');
    expect(found.summary()).toBe('1 truncated, 2 hidden folders, 1003 .heic, 2 masks without image');
    expect([found.total, found.entries().length]).toEqual([1008, 1005]);
    expect(found.entries()[0]).toEqual({ kind: 'truncated', path: 'a.jpg', reason: 'premature end' });
    expect(found.counts().get('.heic')).toBe(1003);
  });
});
