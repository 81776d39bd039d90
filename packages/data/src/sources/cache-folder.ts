// Where this package keeps what can be made again: indices of large data sets, shards that were unpacked.

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export interface CacheSurroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  home: string;
}

/**
 * `data` in the folder that `SEMMAE_CACHE` names, or else in `semmae` at the operating system's place for caches (`$XDG_CACHE_HOME` or
 * `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`); false where `SEMMAE_CACHE` is `off`. The engine has a copy of this rule for
 * its graphs, since it depends on no other package of this repository.
 */
export function dataCacheFolder({
  platform = process.platform,
  env = process.env,
  home = homedir(),
}: Partial<CacheSurroundings> = {}): string | false {
  const asked = env.SEMMAE_CACHE;
  if (asked === 'off') return false;
  if (asked) return join(resolve(asked), 'data');
  return join(systemCacheFolder({ platform, env, home }), 'semmae', 'data');
}

function systemCacheFolder({ platform, env, home }: CacheSurroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local');
  const xdg = env.XDG_CACHE_HOME;
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.cache'); // the specification says to ignore relative paths
}
