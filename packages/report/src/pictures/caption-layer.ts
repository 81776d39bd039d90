// Captions of a contact sheet as one SVG layer.

import { escapeMarkup } from '../page/markup';
import type { Color } from './picture';

const fontSize = 13;
const lineHeight = 17;
/** Widest a row caption's margin gets, in pixels; longer captions wrap. */
const mostLeftMargin = 180;
/** Mean width of a character of a sans-serif font in units of its size; wide enough for DejaVu Sans. */
const characterWidth = 0.62;

export interface CaptionMarginsOptions {
  rowCaptions: readonly string[];
  columnCaptions: readonly string[];
  columnWidths: readonly number[];
}

/** Pixels that captions need left of and above the pictures. */
export function captionMargins({ rowCaptions, columnCaptions, columnWidths }: CaptionMarginsOptions): {
  left: number;
  top: number;
} {
  const widest = Math.max(0, ...rowCaptions.map(textWidth));
  const lines = columnCaptions.map((caption, column) => wrappedLines(caption, columnWidths[column]!).length);
  const most = Math.max(0, ...lines);
  return { left: Math.ceil(Math.min(widest, mostLeftMargin)), top: most * lineHeight };
}

/** Where the cells of a sheet stand, in pixels. */
export interface SheetTracks {
  readonly columns: readonly { start: number; size: number }[];
  readonly rows: readonly { start: number; size: number }[];
  readonly height: number;
  readonly width: number;
}

export interface CaptionLayerOptions {
  rowCaptions: readonly string[];
  columnCaptions: readonly string[];
  tracks: SheetTracks;
  gap: number;
  /** Decides between dark and light text. */
  background: Color;
}

/** Row captions right-aligned beside their row, column captions centered above their column. */
export function captionLayer({ rowCaptions, columnCaptions, tracks, gap, background }: CaptionLayerOptions): string {
  const [red, green, blue] = background;
  const ink = 0.299 * red + 0.587 * green + 0.114 * blue > 128 ? '#26282c' : '#e9e9ea';
  const left = tracks.columns[0]!.start - gap;
  const top = tracks.rows[0]!.start - gap;
  const texts = [
    ...rowCaptions.flatMap((caption, index) => {
      const { start, size } = tracks.rows[index]!;
      const lines = wrappedLines(caption, mostLeftMargin);
      return textLines(lines, left, start + size / 2 - ((lines.length - 1) * lineHeight) / 2 + fontSize * 0.36, 'end');
    }),
    ...columnCaptions.flatMap((caption, index) => {
      const { start, size } = tracks.columns[index]!;
      const lines = wrappedLines(caption, size);
      return textLines(lines, start + size / 2, top - (lines.length - 1) * lineHeight + gap / 4, 'middle');
    }),
  ];
  const style = `font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="${fontSize}" fill="${ink}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${tracks.width}" height="${tracks.height}" ${style}>${texts.join('')}</svg>`;
}

function textLines(lines: readonly string[], x: number, firstBaseline: number, anchor: 'middle' | 'end'): string[] {
  return lines.map((line, index) => {
    const y = firstBaseline + index * lineHeight;
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeMarkup(line)}</text>`;
  });
}

function wrappedLines(caption: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of caption.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function textWidth(text: string): number {
  return text.length * fontSize * characterWidth;
}
