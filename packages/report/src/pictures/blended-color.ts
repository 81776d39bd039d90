// Mixing of two colors, in sRGB as an image editor's "opacity" does.

import type { Color } from './picture';

/** `opacity` of `over` on top of `under`; 0 gives `under`, 1 gives `over`. */
export function blendedColor(under: Color, over: Color, opacity: number): Color {
  const mix = (channel: 0 | 1 | 2) => Math.round(under[channel] + (over[channel] - under[channel]) * opacity);
  return [mix(0), mix(1), mix(2)];
}
