// Many pictures on one sheet, with captions: the PNG counterpart of a report's gallery.

import { assertInteger, assertLength, SemmaeError } from '@semmae/core';

import { captionLayer, captionMargins } from './caption-layer';
import { drawnOver } from './drawn-over';
import { enlargedPicture } from './enlarged-picture';
import { pastePicture } from './paste-picture';
import { assertPicture, type Color, filledPicture, type Picture } from './picture';

export interface ContactSheetOptions {
  /** Rows of pictures; a null leaves its cell empty. Sizes may differ: a column is as wide as its widest picture. */
  rows: readonly (readonly (Picture | null)[])[];
  rowCaptions?: readonly string[];
  columnCaptions?: readonly string[];
  /** Nearest-neighbor enlargement of every picture. Default 1; 3 makes 64-pixel images legible. */
  scale?: number;
  /** Pixels between pictures and around the sheet. Default 8. */
  gap?: number;
  /** Default white. */
  background?: Color;
}

/** Lays pictures out in a grid. Captions are drawn by sharp with the fonts of the machine; without fonts they stay blank. */
export async function contactSheet(options: ContactSheetOptions): Promise<Picture> {
  const { rows, rowCaptions = [], columnCaptions = [], scale = 1, gap = 8, background = [255, 255, 255] } = options;
  const columnCount = assertSheet(options);
  const enlarged = rows.map((row) => row.map((picture) => picture && enlargedPicture(picture, scale)));
  const columnWidths = Array.from({ length: columnCount }, (_, column) =>
    largest(enlarged.map((row) => row[column]?.width)),
  );
  const rowHeights = enlarged.map((row) => largest(row.map((picture) => picture?.height)));
  const margins = captionMargins({ rowCaptions, columnCaptions, columnWidths });
  const horizontal = tracks(columnWidths, margins.left + gap, gap);
  const vertical = tracks(rowHeights, margins.top + gap, gap);
  const sheet = filledPicture(vertical.end, horizontal.end, background);
  for (const [row, pictures] of enlarged.entries()) {
    for (const [column, picture] of pictures.entries()) {
      if (picture) pastePicture(picture, sheet, vertical.tracks[row]!.start, horizontal.tracks[column]!.start);
    }
  }
  if (rowCaptions.length + columnCaptions.length === 0) return sheet;
  const placed = { columns: horizontal.tracks, rows: vertical.tracks, height: sheet.height, width: sheet.width };
  return drawnOver(sheet, captionLayer({ rowCaptions, columnCaptions, tracks: placed, gap, background }));
}

function assertSheet({ rows, rowCaptions, columnCaptions, gap = 8 }: ContactSheetOptions): number {
  const where = 'contactSheet';
  const columnCount = rows[0]?.length ?? 0;
  if (columnCount === 0)
    throw new SemmaeError({ where, requirement: 'rows must hold at least one picture', got: 'none' });
  assertInteger(where, 'gap', gap, { least: 0 });
  for (const [index, row] of rows.entries()) {
    assertLength(where, `row ${index}`, row, columnCount, 'rows are equally long: put null in empty cells');
    for (const [column, picture] of row.entries()) {
      if (picture) assertPicture(where, `picture [${index}, ${column}]`, picture);
    }
  }
  if (rowCaptions) assertLength(where, 'rowCaptions', rowCaptions, rows.length);
  if (columnCaptions) assertLength(where, 'columnCaptions', columnCaptions, columnCount);
  return columnCount;
}

function tracks(
  sizes: readonly number[],
  first: number,
  gap: number,
): { tracks: { start: number; size: number }[]; end: number } {
  let start = first;
  const placed = sizes.map((size) => {
    const track = { start, size };
    start += size + gap;
    return track;
  });
  return { tracks: placed, end: start };
}

function largest(sizes: readonly (number | undefined)[]): number {
  return Math.max(1, ...sizes.map((size) => size ?? 0));
}
