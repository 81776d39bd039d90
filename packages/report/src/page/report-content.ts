// What a report says, as plain data: any command can fill it, and the page knows nothing of models.

import type { BarChart } from '../charts/bar-chart';
import type { LineChart } from '../charts/line-chart';
import type { ColorMap } from '../pictures/color-map';
import type { Color, Picture } from '../pictures/picture';

export interface ReportContent {
  title: string;
  subtitle?: string;
  /** The few numbers that a reader came for. */
  headline?: readonly HeadlineFigure[];
  sections: readonly Section[];
}

export interface HeadlineFigure {
  label: string;
  /** As printed: "61.2 ± 1.3 %". */
  value: string;
  /** What it compares with, or how it was measured. */
  detail?: string;
}

export type Section = GallerySection | TableSection | ChartSection | TextSection | FactsSection;

interface SectionHead {
  title: string;
  /** One or two sentences under the title: what is seen, and how to read it. */
  note?: string;
}

/** Pictures in rows and columns. */
export interface GallerySection extends SectionHead {
  kind: 'gallery';
  columns: readonly string[];
  rows: readonly GalleryRow[];
  /** What the colors mean. */
  legend?: readonly { label: string; color: Color }[];
  /** What dark and bright mean in the heat maps. */
  heatScale?: { colorMap: ColorMap; low: string; high: string };
  /** Most width of a picture on the page, in CSS pixels. Default 128; smaller ones are enlarged by whole factors, unsmoothed. */
  pictureWidth?: number;
}

export interface GalleryRow {
  caption: string;
  /** One per column; null leaves the cell empty. */
  pictures: readonly (Picture | null)[];
}

/** Rows of results. */
export interface TableSection extends SectionHead {
  kind: 'table';
  columns: readonly TableColumn[];
  rows: readonly TableRow[];
}

export interface TableColumn {
  label: string;
  /** Unit or condition, printed small under the label. */
  detail?: string;
  /** Default 'left'. Numbers want 'right'. */
  align?: 'left' | 'right';
}

export interface TableRow {
  /** One per column, as printed; null prints a dash. */
  cells: readonly (string | number | null)[];
  /** 'strong' for the row to look at, 'quiet' for floors such as chance. */
  emphasis?: 'strong' | 'quiet';
}

/** Curves and bars. */
export interface ChartSection extends SectionHead {
  kind: 'chart';
  charts: readonly ({ type: 'line'; chart: LineChart } | { type: 'bar'; chart: BarChart })[];
}

/** Words: an explanation, or a list of what the reader must know before believing the numbers. */
export interface TextSection extends SectionHead {
  kind: 'text';
  paragraphs?: readonly string[];
  items?: readonly string[];
  /** 'caution' marks the section at its edge. Default 'plain'. */
  tone?: 'plain' | 'caution';
}

/** How it was made: name and value pairs, and the exact command. */
export interface FactsSection extends SectionHead {
  kind: 'facts';
  facts: readonly { label: string; value: string | number }[];
  command?: string;
}
