// Results as a table that scrolls sideways where the screen is narrow.

import { assertLength } from '@semmae/core';

import { html, type Markup } from './markup';
import type { TableColumn, TableRow, TableSection } from './report-content';

/** The first cell of each row is its head. */
export function renderTableSection({ title, columns, rows }: TableSection): Markup {
  for (const [index, { cells }] of rows.entries())
    assertLength(`table "${title}"`, `row ${index}`, cells, columns.length);
  return html`<div class="scroll"><table class="figures">
<thead><tr>${columns.map(renderHead)}</tr></thead>
<tbody>
${rows.map((row) => renderRow(row, columns))}</tbody>
</table></div>`;
}

function renderHead({ label, detail, align = 'left' }: TableColumn): Markup {
  return html`<th scope="col" class="${align}">${label}${detail === undefined ? null : html`<small>${detail}</small>`}</th>`;
}

function renderRow({ cells, emphasis }: TableRow, columns: readonly TableColumn[]): Markup {
  const drawn = cells.map((cell, index) => {
    const align = columns[index]!.align ?? 'left';
    if (index === 0) return html`<th scope="row" class="${align}">${cell ?? '–'}</th>`;
    return html`<td class="${align}">${cell ?? '–'}</td>`;
  });
  return html`<tr${emphasis === undefined ? null : html` class="${emphasis}"`}>${drawn}</tr>\n`;
}
