// Rows of text in columns that fit the terminal.

import { escapeControls } from '@semmae/core';

export interface TextTableOptions {
  /** Width of the terminal. Default: that of standard output, or 80. */
  columns?: number | undefined;
  /** Columns that stand at the right, as numbers do. */
  right?: readonly number[];
}

const gap = '  ';
/** Of the first column, however narrow the terminal is. */
const narrowestName = 16;

/** A line a row, whatever the texts hold. Where rows are too long, the first column is cut in the middle, for names differ at their ends. */
export function textTable(
  texts: readonly (readonly string[])[],
  { columns = process.stdout.columns ?? 80, right = [] }: TextTableOptions = {},
): string[] {
  const rows = texts.map((row) => row.map(escapeControls));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - columns;
  if (excess > 0) widths[0] = Math.min(widths[0]!, Math.max(narrowestName, widths[0]! - excess));
  const fit = (text: string, column: number) =>
    right.includes(column)
      ? text.padStart(widths[column]!)
      : cutInTheMiddle(text, widths[column]!).padEnd(widths[column]!);
  return rows.map((row) => row.map(fit).join(gap).trimEnd());
}

function cutInTheMiddle(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.ceil((width - 1) * 0.6);
  return `${text.slice(0, width - 1 - end)}…${text.slice(-end)}`;
}
