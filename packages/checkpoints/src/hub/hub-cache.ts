// The cache folder of Python's huggingface_hub: what one of the two has downloaded, the other finds.

import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

import { replaceFileSync } from '@semmae/core/files';

/** The files of one commit. */
export interface Snapshot {
  commit: string;
  /** Paths inside the repository, with `/`. */
  paths: string[];
}

/**
 * One repository in the cache:
 *
 * - blobs/<etag>: contents, named by their SHA-256 (large files) or git hash
 * - snapshots/<commit>/<path>: links to blobs
 * - refs/<revision>: the commit that a branch or tag was at
 *
 * Reference: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export interface HubCache {
  folder: string;
  /** Where a content is, or will be. */
  blob(etag: string): string;
  /** Where a file of a commit is, or will be. */
  path(commit: string, path: string): string;
  has(commit: string, path: string): boolean;
  /** What is there of a revision; undefined where nothing is. */
  snapshot(revision: string): Snapshot | undefined;
  /** Makes a blob that is there the file of a commit. */
  link(etag: string, commit: string, path: string): Promise<void>;
  /** Keeps which commit a branch or tag is at. */
  setRevision(revision: string, commit: string): void;
}

export function hubCache(cacheFolder: string, repository: string): HubCache {
  const folder = join(cacheFolder, `models--${repository.replaceAll('/', '--')}`);
  const blob = (etag: string) => join(folder, 'blobs', etag);
  const pathOf = (commit: string, path: string) => join(folder, 'snapshots', commit, ...path.split('/'));
  const refOf = (revision: string) => join(folder, 'refs', ...revision.split('/'));
  const commitOf = (revision: string) => {
    try {
      return readFileSync(refOf(revision), 'utf8').trim();
    } catch {
      return revision; // a commit, or one that was never asked for
    }
  };
  return {
    folder,
    blob,
    path: pathOf,
    has: (commit, path) => existsSync(pathOf(commit, path)),
    snapshot(revision) {
      const commit = commitOf(revision);
      const paths = filesBelow(join(folder, 'snapshots', commit));
      return paths.length > 0 ? { commit, paths } : undefined;
    },
    async link(etag, commit, path) {
      const [source, target] = [blob(etag), pathOf(commit, path)];
      mkdirSync(dirname(target), { recursive: true });
      await rm(target, { force: true }); // a link to nothing
      try {
        await symlink(relative(dirname(target), source), target);
      } catch (error) {
        if (existsSync(target)) return; // another process was faster
        if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
        const draft = `${target}.${process.pid}.draft`; // Windows links only for those who may
        await copyFile(source, draft);
        await rename(draft, target);
      }
    },
    setRevision(revision, commit) {
      if (commitOf(revision) !== commit) replaceFileSync(refOf(revision), commit);
    },
  };
}

/** Links to nothing are no files. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder) || !lstatSync(folder).isDirectory()) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => existsSync(join(folder, path)) && !lstatSync(join(folder, path)).isDirectory())
    .map((path) => path.split(sep).join('/'));
}
