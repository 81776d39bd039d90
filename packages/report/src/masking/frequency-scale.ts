// The legend of mask-frequency heat maps: colors with numbers, and the two marks at the ends.

import { mappedColor } from '../pictures/color-map';
import { alwaysMark, neverHiddenColor, neverMark } from './frequency-cells';
import { softInk, svgText } from './svg-text';

const stops = 32;
const barHeight = 12;

export interface FrequencyScaleOptions {
  top: number;
  left: number;
  /** Of the bar, in pixels. */
  width: number;
}

/** SVG: a bar from 0 to 100 % with ticks at every quarter below it, about 30 pixels high. */
export function frequencyScale({ top, left, width }: FrequencyScaleOptions): string {
  const step = width / stops;
  const bar = Array.from({ length: stops }, (_, index) => {
    const color = mappedColor((index + 0.5) / stops, 'viridis');
    return `<rect x="${left + index * step}" y="${top}" width="${step + 0.5}" height="${barHeight}" fill="rgb(${color})"/>`;
  });
  const ticks = [0, 25, 50, 75, 100].map((percent) => {
    const x = left + (width * percent) / 100;
    const line = `<path d="M${x} ${top + barHeight}v4" stroke="${softInk}" stroke-width="1"/>`;
    const label = svgText(percent === 100 ? '100 %' : String(percent), {
      x,
      y: top + 29,
      anchor: 'middle',
      fill: softInk,
    });
    return line + label;
  });
  return [...bar, ...ticks].join('');
}

/** SVG: what pale cells with crosses and, unless `always` is false, dots mean, on one line of 13 pixels. */
export function frequencyKeys({ top, left, always = true }: { top: number; left: number; always?: boolean }): string {
  const key = (x: number, fill: readonly number[], mark: string, label: string) => {
    const square = `<rect x="${x + 0.5}" y="${top + 0.5}" width="12" height="12" fill="rgb(${fill})" stroke="#c9c6bf"/>`;
    return square + mark + svgText(label, { x: x + 18, y: top + 11, fill: softInk });
  };
  const never = key(left, neverHiddenColor, neverMark(left + 6.5, top + 6.5, 12), 'never hidden');
  const second = left + 110;
  if (!always) return never;
  return never + key(second, mappedColor(1, 'viridis'), alwaysMark(second + 6.5, top + 6.5, 12), 'always hidden');
}
