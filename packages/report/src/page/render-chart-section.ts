// Charts as inline drawings, beside each other where there is room.

import { barChart } from '../charts/bar-chart';
import { lineChart } from '../charts/line-chart';
import { html, type Markup, trustedMarkup } from './markup';
import type { ChartSection } from './report-content';

/** Draws each chart; its title and the names of its series are text inside the drawing. */
export async function renderChartSection({ charts }: ChartSection): Promise<Markup> {
  const figures: Markup[] = [];
  for (const one of charts) {
    const svg = one.type === 'line' ? await lineChart(one.chart) : await barChart(one.chart);
    figures.push(html`<figure class="scroll">${trustedMarkup(withoutNamespaces(svg))}</figure>\n`);
  }
  return html`<div class="charts">${figures}</div>`;
}

/** Inside HTML the namespaces go without saying, and the page stays free of addresses. */
function withoutNamespaces(svg: string): string {
  return svg.replace(/ xmlns(:xlink)?="[^"]*"/g, '');
}
