// The Markdown that readers and contributors see.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute paths of the Markdown files of the repository, whether committed or new; without changesets and the changelogs made of them. */
export function markdownFiles(root: string): string[] {
  const patterns = ['*.md', ':!.changeset', ':!*CHANGELOG.md'];
  const listing = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  });
  return listing
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => join(root, path));
}
