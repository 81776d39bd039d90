import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { renderReport } from './render-report';
import { writeReport } from './write-report';

describe('writeReport', () => {
  it('writes the whole page and leaves nothing beside it, over an older one too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'semmae-report-'));
    try {
      const path = join(folder, 'run', 'report.html');
      await writeReport(path, { title: 'old', sections: [] });
      await writeReport(path, { title: 'new', sections: [] });
      expect(await readFile(path, 'utf8')).toBe(await renderReport({ title: 'new', sections: [] }));
      expect(await readdir(join(folder, 'run'))).toEqual(['report.html']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
