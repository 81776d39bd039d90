// Text as lines that fit the terminal, beside a title.

import { escapeControls } from '@semmae/core';

/** Breaks at spaces; lines after the first stand below its text. A word that is longer than a line has a line of its own. */
export function wrapped(text: string, { columns, title }: { columns: number; title: string }): string[] {
  const lines: string[] = [];
  let line = escapeControls(title);
  for (const word of escapeControls(text).split(' ')) {
    if (line.length > title.length && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = ' '.repeat(title.length);
    }
    line += line.length > title.length ? ` ${word}` : word;
  }
  return [...lines, line];
}
