import { describe, expect, it } from 'vitest';

import { MAEDecoder } from './mae-decoder';
import type { LayerShape, WeightPlan } from './seeded-layer';
import { ViTEncoder } from './vit-encoder';
import { vitPreset } from './vit-preset';

/** Counts what would be created, without creating it: the large models need gigabytes. */
class CountedEncoder extends ViTEncoder {
  count(): number {
    return total(this.planWeights());
  }
}

class CountedDecoder extends MAEDecoder {
  count(encoderWidth: number): number {
    const shapes: LayerShape[] = [
      [null, null, encoderWidth],
      [null, null],
      [null, null],
    ];
    return total(this.planWeights(shapes));
  }
}

function total(plan: WeightPlan[]): number {
  return plan.reduce((sum, { shape }) => sum + shape.reduce((size, axis) => size * axis, 1), 0);
}

describe('vitPreset', () => {
  it('has the published sizes', () => {
    // 85,798,656 and 111,907,840 with the fixed positions are what the published ViT-B/16 and its MAE hold.
    const encoder = new CountedEncoder(vitPreset('base', { imageSize: 224, patchSize: 16 }));
    expect(encoder.count()).toBe(85_798_656);
    expect(encoder.count() + new CountedDecoder({ grid: encoder.grid, patchSize: 16 }).count(768)).toBe(111_907_840);
  });

  it('counts depth·(12D² + 13D) + (Cp² + N + 5)·D weights for every name', () => {
    // a block: qkv 3D²+3D, proj D²+D, mlp 8D²+5D, two norms 4D; besides: embedding (Cp²+1)·D, class token D, positions (N+1)·D, norm 2D
    for (const name of ['tiny', 'small', 'base', 'large', 'huge'] as const) {
      const encoder = new CountedEncoder(vitPreset(name, { imageSize: [77, 91], patchSize: 7 }));
      const { width, depth } = encoder;
      expect(encoder.grid).toEqual({ rows: 11, columns: 13, patchCount: 143 });
      expect(encoder.count()).toBe(depth * (12 * width ** 2 + 13 * width) + (3 * 49 + 143 + 5) * width);
    }
  });

  it('lets options replace the preset', () => {
    expect(vitPreset('tiny', { imageSize: 64, patchSize: 8, depth: 5, seed: 7, name: 'teacher' })).toEqual({
      ...{ width: 192, depth: 5, heads: 3, imageHeight: 64, imageWidth: 64, patchSize: 8, seed: 7, name: 'teacher' },
    });
  });
});
