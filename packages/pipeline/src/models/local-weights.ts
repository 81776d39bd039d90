// Weights on this machine, wherever they were named.

import { downloadFromHub, isHubAddress } from '@semmae/checkpoints/hub';

import { Interrupted } from '../runs/interrupted';
import type { StageOptions } from '../runs/stage-options';

const megabyte = 1e6;

/**
 * The path itself, or the file that `hf:owner/name[@revision][:file]` names, in the cache of Python's huggingface_hub: downloaded
 * where it is not there yet, with its configuration beside it.
 *
 * Throws a SemmaeError of one line for what the hub does not give.
 */
export async function localWeights(
  path: string,
  { signal, onProgress, onWarning }: Pick<StageOptions, 'signal' | 'onProgress' | 'onWarning'> = {},
): Promise<string> {
  if (!isHubAddress(path)) return path;
  const title = `Downloading ${path}`;
  try {
    const model = await downloadFromHub(path, {
      ...{ signal, onWarning },
      onProgress({ done, total }) {
        const whole = Math.ceil(total / megabyte);
        onProgress?.({ title, done: done === total ? whole : Math.floor(done / megabyte), total: whole, unit: 'MB' });
      },
    });
    return model.path;
  } catch (error) {
    Interrupted.check(signal);
    throw error;
  }
}
