// Decoder sizes. SemMAE does not publish its decoder's widths; 'base' keeps StyleGAN's habit of halving with every doubling.

import { assertOneOf } from '@semmae/core';

export type DecoderPresetName = 'tiny' | 'small' | 'base' | 'large';

/** Channels of the stem; each up stage halves them. At 28x28 -> 224x224: 0.26, 0.67, 1.9 and 6.2 million weights. */
const stemChannels: Record<DecoderPresetName, number> = { tiny: 64, small: 128, base: 256, large: 512 };

/** Channels of the stem (and body) followed by those of every up stage: 'base' with 3 stages is [256, 128, 64, 32]. */
export function decoderPreset(name: DecoderPresetName, upStages: number): number[] {
  assertOneOf('decoderPreset', 'preset', name, Object.keys(stemChannels) as DecoderPresetName[]);
  return Array.from({ length: upStages + 1 }, (_, stage) => Math.max(4, stemChannels[name] >> stage));
}
