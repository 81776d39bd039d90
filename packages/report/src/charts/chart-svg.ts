// A vega-lite specification as SVG text, without a browser.

import type { TopLevelSpec } from 'vega-lite';

import { escapeMarkup } from '../page/markup';
import { chartConfig } from './chart-theme';

/** SVG that scales with its container, labeled by `title` for screen readers. Equal specifications give equal text. */
export async function chartSvg(specification: TopLevelSpec, title: string): Promise<string> {
  // Loaded with the first chart: vega awaits at its top level, which would make this package impossible to `require`.
  const [{ Error: errorsOnly, parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = compile(specification, { config: chartConfig, logger: silentLogger });
  const view = new View(parse(compiled.spec), { renderer: 'none', logLevel: errorsOnly });
  try {
    const svg = await view.toSVG();
    return rounded(svg).replace('<svg ', `<svg role="img" aria-label="${escapeMarkup(title)}" `);
  } finally {
    view.finalize();
  }
}

/** Coordinates to a hundredth of a pixel: half the size, and nothing that an eye can see. Text is left alone. */
function rounded(svg: string): string {
  return svg.replace(/ (?:d|transform|x|y|x1|x2|y1|y2)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100)),
  );
}

const silentLogger = {
  level: () => silentLogger,
  error: (...messages: readonly unknown[]): never => {
    throw new Error(`internal: vega-lite refused the chart: ${messages.join(' ')}`);
  },
  warn: () => silentLogger,
  info: () => silentLogger,
  debug: () => silentLogger,
};
