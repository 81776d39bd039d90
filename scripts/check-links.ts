// Follows every relative link of the Markdown: the file must be there, and so must the heading. READMEs must be short enough to read.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';

import { markdownFiles } from './markdown-files';

const root = resolve(import.meta.dirname, '..');
const longestReadme = 150; // lines

const failures: string[] = [];
let linkCount = 0;
for (const path of markdownFiles(root)) {
  const name = relative(root, path);
  const lineCount = readFileSync(path, 'utf8').trimEnd().split('\n').length;
  if (basename(path) === 'README.md' && lineCount > longestReadme)
    failures.push(
      `${name}: a README must have at most ${longestReadme} lines, got ${lineCount}; move reference text to a guide in docs`,
    );
  for (const [index, line] of prose(path).entries()) {
    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      linkCount++;
      const problem = problemWith(target!, path);
      if (problem !== undefined) failures.push(`${name}:${index + 1}: ${target} must lead somewhere, got ${problem}`);
    }
  }
}

for (const failure of failures) console.error(failure);
console.log(`${linkCount} relative links, ${failures.length} errors`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** The lines of a file; those inside code blocks are empty, and code between backticks is left out. */
function prose(path: string): string[] {
  let fence: string | undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => {
      const [, marks] = line.match(/^\s*(`{3,}|~{3,})/) ?? [];
      if (fence === undefined && marks === undefined)
        return line.replace(/(`+).*?\1/g, (code) => `\`${code.replace(/[\][()]/g, '')}\``);
      fence = fence === undefined ? marks : marks === fence ? undefined : fence;
      return '';
    });
}

function problemWith(target: string, from: string): string | undefined {
  const [path, heading] = target.split('#') as [string, string?];
  const linked = path === '' ? from : join(dirname(from), path);
  if (!existsSync(linked)) return 'no such file';
  const file = statSync(linked).isDirectory() ? join(linked, 'README.md') : linked; // GitHub shows it below the folder
  if (heading === undefined || extname(file) !== '.md') return undefined;
  return headingNames(file).includes(heading) ? undefined : `no such heading in ${relative(root, file)}`;
}

/** As GitHub names the anchors of headings: lower case, without punctuation, with hyphens for spaces. */
function headingNames(path: string): string[] {
  return prose(path)
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
}
