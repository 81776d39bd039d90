// Words.

import { html, type Markup } from './markup';
import type { TextSection } from './report-content';

/** Paragraphs, then the list. */
export function renderTextSection({ paragraphs = [], items = [] }: TextSection): Markup {
  const list = items.length === 0 ? null : html`<ul>${items.map((item) => html`<li>${item}</li>\n`)}</ul>`;
  return html`${paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}${list}`;
}
