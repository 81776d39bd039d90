// Foreground scores as the bytes of a shard, and back.

import { encodeFloat16 } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';

import type { PartShardSettings } from './part-shard';
import { scoreBytes } from './shard-layout';

const steps = 255;
const largestFloat16 = 65504;

/** [N] finite scores to little-endian bytes. */
export function encodeScores(scores: Float32Array, settings: PartShardSettings): Uint8Array {
  const bytes = new Uint8Array(scoreBytes(settings));
  const view = new DataView(bytes.buffer);
  for (const [patch, score] of scores.entries()) {
    if (!Number.isFinite(score) || Math.abs(score) > largestFloat16) {
      throw new SemmaeError({ where: 'writePartShard', requirement: 'scores must be finite halves', got: score });
    }
    if (settings.scores === 'float16') view.setUint16(2 * patch, encodeFloat16(score), true);
    else bytes[patch] = Math.round(steps * Math.min(Math.max(score / settings.scoreLimit!, 0), 1));
  }
  return bytes;
}

/** From what the tensor of scores holds. */
export function decodeScores(stored: Uint8Array | Float32Array, settings: PartShardSettings): Float32Array {
  if (stored instanceof Float32Array) return stored;
  return Float32Array.from(stored, (step) => (step / steps) * settings.scoreLimit!);
}
