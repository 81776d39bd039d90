// Text on pictures.

import { escapeMarkup } from '../page/markup';

export const textInk = '#1f2226';
export const softInk = '#62666d';

/** Mean width of a character in units of its size; wide enough for DejaVu Sans, the widest of the fonts tried. */
const characterWidth = 0.6;

export interface SvgTextOptions {
  x: number;
  /** Of the baseline. */
  y: number;
  /** In pixels. Default 12. */
  size?: number;
  anchor?: 'start' | 'middle' | 'end';
  bold?: boolean;
  /** Default `textInk`. */
  fill?: string;
  /** Longer texts end in an ellipsis, by an estimate of their width. */
  maximumWidth?: number;
}

export function svgText(text: string, options: SvgTextOptions): string {
  const { x, y, size = 12, anchor = 'start', bold = false, fill = textInk, maximumWidth } = options;
  const most = maximumWidth === undefined ? text.length : Math.floor(maximumWidth / (size * characterWidth));
  const shown = text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}"${weight} fill="${fill}" text-anchor="${anchor}">${escapeMarkup(shown)}</text>`;
}

/** The whole layer that `drawnOver` takes. */
export function svgLayer({ height, width }: { height: number; width: number }, shapes: readonly string[]): string {
  const fonts = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${fonts}">${shapes.join('')}</svg>`;
}
