// Names of image files: their ids, and what images and label files are paired by. Nothing of Node, for pages have files as well.

import type { LeftOut } from '../left-out';

/** An image that was found. */
export interface FoundFile {
  path: string;
  label?: number | undefined;
  mask?: string | undefined;
}

/** Files of different paths; a path that is there twice is counted. */
export function distinctFiles(found: readonly FoundFile[], left: LeftOut): FoundFile[] {
  const seen = new Set<string>();
  return found.filter(({ path }) => {
    if (!seen.has(path)) return seen.add(path);
    left.add('repeated path', path);
    return false;
  });
}

/**
 * What becomes of each path to be the id, see `idOf`: the path without extension, under Unicode NFC, so that it is the same on every file
 * system. Images that would share one (`a.jpg`, `a.png`) keep their extension, and where these are still the same their own spelling.
 */
export function idRulesOf(paths: readonly string[]): Uint8Array {
  const idRules = new Uint8Array(paths.length);
  for (let shared = sharedIds(paths, idRules); shared.size > 0; shared = sharedIds(paths, idRules)) {
    for (const index of shared) idRules[index]!++;
  }
  return idRules;
}

/** Those whose id another one has. */
function sharedIds(paths: readonly string[], idRules: Uint8Array): Set<number> {
  const byId = new Map<string, number>();
  const shared = new Set<number>();
  for (const [index, path] of paths.entries()) {
    const id = idOf(path, idRules[index]!);
    const other = byId.get(id);
    if (other === undefined) byId.set(id, index);
    else {
      shared.add(index);
      if (idRules[other]! < ownSpelling) shared.add(other);
    }
  }
  return shared;
}

/** The rule by which ids are paths, each of which is there once. */
const ownSpelling = 2;

export function idOf(path: string, rule: number): string {
  if (rule === 0) return stemOf(path);
  return rule < ownSpelling ? path.normalize('NFC') : path;
}

/** The path without extension, under NFC: what images, label files and lists are paired by. */
export function stemOf(path: string): string {
  return path.slice(0, path.length - extensionOf(path).length).normalize('NFC');
}

/** With its dot, as Node's `extname` has it: '' of `.hidden`. */
export function extensionOf(path: string): string {
  return /(?<=[^/])\.[^./]*$/.exec(path)?.[0] ?? '';
}

/** The same order on every machine, unlike the locale's. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
