// Where compiled graphs are kept between processes.

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export interface CacheSurroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  home: string;
}

/**
 * The per-user folder for compiled graphs: below `SEMMAE_CACHE` where that is set, else below the operating system's place for
 * caches (`$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`). False where `SEMMAE_CACHE` is `off`.
 */
export function defaultCacheFolder({
  platform = process.platform,
  env = process.env,
  home = homedir(),
}: Partial<CacheSurroundings> = {}): string | false {
  const asked = env.SEMMAE_CACHE;
  if (asked === 'off') return false;
  if (asked) return join(resolve(asked), 'onnx-graphs');
  return join(userCacheFolder({ platform, env, home }), 'semmae', 'onnx-graphs');
}

function userCacheFolder({ platform, env, home }: CacheSurroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local');
  const xdg = env.XDG_CACHE_HOME;
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.cache'); // the specification says to ignore relative paths
}
