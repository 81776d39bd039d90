// How the report was made.

import { html, type Markup } from './markup';
import type { FactsSection } from './report-content';

/** The command first, to be copied whole; then names and values. */
export function renderFactsSection({ facts, command }: FactsSection): Markup {
  const rows = facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>\n`);
  return html`${command === undefined ? null : html`<pre><code>${command}</code></pre>`}<dl class="facts">${rows}</dl>`;
}
