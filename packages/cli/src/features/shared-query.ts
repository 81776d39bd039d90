// One query for all images: what asks for parts that mean the same everywhere.

import { Interrupted } from '../interrupted';
import type { StageOptions } from '../stage-options';
import type { FeatureStore } from './feature-store';
import { meanToken } from './mean-token';

const batchSize = 16;

/** Mean over the images, as they are, of their mean patch tokens: [C]. */
export async function sharedQuery(
  features: FeatureStore,
  { signal, onProgress }: Pick<StageOptions, 'signal' | 'onProgress'> = {},
): Promise<Float32Array> {
  const { data, channels } = features;
  const sum = new Float64Array(channels);
  for (let start = 0; start < data.length; start += batchSize) {
    Interrupted.check(signal);
    const count = Math.min(batchSize, data.length - start);
    const requests = Array.from({ length: count }, (_, place) => ({ index: start + place, mirrored: false }));
    for (const { patchTokens } of await features.get(requests)) {
      meanToken(patchTokens, channels).forEach((value, channel) => {
        sum[channel]! += value;
      });
    }
    onProgress?.({ title: 'Averaging tokens', done: start + count, total: data.length, unit: 'images' });
  }
  return Float32Array.from(sum, (total) => total / data.length);
}
