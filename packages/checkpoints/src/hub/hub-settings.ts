// Where the hub is, where its files are kept and who asks, from the variables that Python's huggingface_hub reads.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';

export interface HubSettings {
  /** Default: `HF_ENDPOINT`, or https://huggingface.co. */
  endpoint: string;
  /** Default: `HF_HUB_CACHE`, or hub/ below `HF_HOME`, or ~/.cache/huggingface/hub. */
  cacheFolder: string;
  /** Default: `HF_TOKEN`, or what the file `HF_TOKEN_PATH` holds, or ~/.cache/huggingface/token, where `hf auth login` puts it. */
  token: string | undefined;
  /** Whether only what is cached may be used. Default: `HF_HUB_OFFLINE`. */
  offline: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What is given, and for the rest what the environment says. Throws a SemmaeError for a token that no header can carry.
 *
 * Reference: https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export function hubSettings(
  given: Partial<HubSettings> = {},
  environment: Environment = process.env,
  home = homedir(),
): HubSettings {
  const read = (...names: string[]) => names.map((name) => environment[name]).find((value) => value);
  const place = (...names: string[]) => read(...names)?.replace(/^~(?=$|[/\\])/, home);
  const ownFolder = place('HF_HOME') ?? join(place('XDG_CACHE_HOME') ?? join(home, '.cache'), 'huggingface');
  const token =
    given.token ??
    read('HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN') ??
    fileText(place('HF_TOKEN_PATH') ?? join(ownFolder, 'token'));
  return {
    endpoint: (given.endpoint ?? read('HF_ENDPOINT') ?? 'https://huggingface.co').replace(/\/+$/, ''),
    cacheFolder: given.cacheFolder ?? place('HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE') ?? join(ownFolder, 'hub'),
    token: cleanToken(token),
    offline: given.offline ?? /^(1|on|yes|true)$/i.test(read('HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE') ?? ''),
  };
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // nobody is logged in
  }
}

function cleanToken(token: string | undefined): string | undefined {
  const word = token?.trim();
  if (!word) return undefined;
  if (/^[\x21-\x7e]+$/.test(word)) return word;
  const remedy = 'copy it anew from https://huggingface.co/settings/tokens';
  throw new SemmaeError({ where: 'HF_TOKEN', requirement: 'must be one word', got: 'something else', remedy });
}
