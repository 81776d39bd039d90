// A report as one HTML file that needs nothing else: no network, no scripts, no fonts.

import { html, type Markup, trustedMarkup } from './markup';
import { renderChartSection } from './render-chart-section';
import { renderFactsSection } from './render-facts-section';
import { renderGallerySection } from './render-gallery-section';
import { renderTableSection } from './render-table-section';
import { renderTextSection } from './render-text-section';
import type { HeadlineFigure, ReportContent, Section } from './report-content';
import { reportStyle } from './report-style';

/** The page forbids itself to load anything, so that a report opened years later shows what it showed. */
const contentSecurityPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * HTML text of a report: light and dark, for print, and for narrow screens. Every text is escaped.
 * The same content gives the same page; nothing reads the clock, so dates are facts that the caller gives.
 */
export async function renderReport({ title, subtitle, headline = [], sections }: ReportContent): Promise<string> {
  const bodies: Markup[] = [];
  for (const [index, section] of sections.entries()) bodies.push(await renderSection(section, index));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<title>${title}</title>
<style>${trustedMarkup(reportStyle)}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
${subtitle === undefined ? null : html`<p class="subtitle">${subtitle}</p>`}
</header>
${headline.length === 0 ? null : html`<dl class="headline">${headline.map(renderFigure)}</dl>`}
${sections.length < 3 ? null : html`<nav aria-label="Sections"><ol>${sections.map(renderEntry)}</ol></nav>`}
${bodies}
</main>
</body>
</html>
`;
  return page.markup;
}

function renderFigure({ label, value, detail }: HeadlineFigure): Markup {
  const small = detail === undefined ? null : html`<dd class="detail">${detail}</dd>`;
  return html`<div><dt>${label}</dt><dd class="value">${value}</dd>${small}</div>`;
}

function renderEntry({ title }: Section, index: number): Markup {
  return html`<li><a href="#${sectionId(index)}">${title}</a></li>`;
}

async function renderSection(section: Section, index: number): Promise<Markup> {
  const caution = section.kind === 'text' && section.tone === 'caution' ? html` class="caution"` : null;
  return html`<section id="${sectionId(index)}"${caution}>
<h2>${section.title}</h2>
${section.note === undefined ? null : html`<p class="note">${section.note}</p>`}
${await renderBody(section)}
</section>
`;
}

async function renderBody(section: Section): Promise<Markup> {
  switch (section.kind) {
    case 'gallery':
      return renderGallerySection(section);
    case 'table':
      return renderTableSection(section);
    case 'chart':
      return renderChartSection(section);
    case 'text':
      return renderTextSection(section);
    case 'facts':
      return renderFactsSection(section);
    default:
      return section satisfies never;
  }
}

function sectionId(index: number): string {
  return `section-${index + 1}`;
}
