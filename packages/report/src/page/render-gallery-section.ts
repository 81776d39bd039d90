// Pictures in a table: columns are kinds of pictures, rows are examples.

import { assertInteger, assertLength } from '@semmae/core';

import { mappedColor } from '../pictures/color-map';
import { encodePng } from '../pictures/encode-png';
import { assertPicture, type Color, type Picture } from '../pictures/picture';
import { html, type Markup } from './markup';
import type { GallerySection } from './report-content';

/** Embeds every picture at its own size as a data: URI; the page enlarges it. */
export async function renderGallerySection(section: GallerySection): Promise<Markup> {
  const { title, columns, rows, pictureWidth = 128 } = section;
  const where = `gallery "${title}"`;
  assertInteger(where, 'pictureWidth', pictureWidth);
  const bodies: Markup[] = [];
  for (const { caption, pictures } of rows) {
    assertLength(
      where,
      `row "${caption}"`,
      pictures,
      columns.length,
      'rows have one picture per column: put null in empty cells',
    );
    const cells: Markup[] = [];
    for (const [column, picture] of pictures.entries()) {
      if (picture) assertPicture(where, `picture "${caption}", "${columns[column]}"`, picture);
      cells.push(
        picture ? await renderPicture(picture, `${caption}, ${columns[column]}`, pictureWidth) : html`<td></td>`,
      );
    }
    bodies.push(html`<tr><th scope="row">${caption}</th>${cells}</tr>\n`);
  }
  const heads = columns.map((column) => html`<th scope="col">${column}</th>`);
  return html`${renderLegend(section)}<div class="scroll"><table class="pictures">
<thead><tr><td></td>${heads}</tr></thead>
<tbody>
${bodies}</tbody>
</table></div>`;
}

async function renderPicture(picture: Picture, alternative: string, most: number): Promise<Markup> {
  const address = `data:image/png;base64,${Buffer.from(await encodePng(picture)).toString('base64')}`;
  const factor = picture.width <= most ? Math.floor(most / picture.width) : most / picture.width;
  const width = Math.round(picture.width * factor);
  const height = Math.round(picture.height * factor);
  const enlarged = factor > 1 ? html` class="enlarged"` : null;
  return html`<td><img${enlarged} src="${address}" alt="${alternative}" width="${width}" height="${height}"></td>`;
}

function renderLegend({ legend = [], heatScale }: GallerySection): Markup | null {
  if (legend.length === 0 && heatScale === undefined) return null;
  const keys = legend.map(({ label, color }) => html`<li><i style="background:${css(color)}"></i>${label}</li>`);
  return html`<ul class="legend">${keys}${heatScale && renderHeatScale(heatScale)}</ul>\n`;
}

function renderHeatScale({ colorMap, low, high }: NonNullable<GallerySection['heatScale']>): Markup {
  const stops = Array.from({ length: 9 }, (_, index) => css(mappedColor(index / 8, colorMap)));
  return html`<li>${low}<b style="background:linear-gradient(to right,${stops.join(',')})"></b>${high}</li>`;
}

function css(color: Color): string {
  return `rgb(${color.join(' ')})`;
}
