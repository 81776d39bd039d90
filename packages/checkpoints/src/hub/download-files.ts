// Files of one commit into the cache.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type PathInfo, pathsInfo } from '@huggingface/hub';
import { orUnwritable } from '@semmae/core/files';

import { type BlobDownload, downloadBlob } from './download-blob';
import { hubFileUrl } from './hub-address';
import type { HubCache } from './hub-cache';
import { askHub } from './hub-connection';

export interface FilesDownload extends Pick<BlobDownload, 'connection' | 'retries'> {
  cache: HubCache;
  commit: string;
  /** Bytes that are here, of all files of this call. */
  onProgress?: ((progress: { file: string; done: number; total: number }) => void) | undefined;
}

/** Gives how many of the files were not in the snapshot yet. */
export async function downloadFiles(paths: readonly string[], download: FilesDownload): Promise<number> {
  const { connection, cache, commit, onProgress } = download;
  const missing = paths.filter((path) => !cache.has(commit, path));
  if (missing.length === 0) return 0;
  const { address, endpoint, fetch } = connection;
  const { repository, text } = address;
  const contents = await askHub(connection, async () => {
    const repo = { type: 'model', name: repository } as const;
    const infos = await pathsInfo({ repo, revision: commit, paths: missing, hubUrl: endpoint, fetch });
    return missing.map((path) => contentOf(path, infos));
  });
  const unsaved = contents.filter(({ hash }) => !existsSync(cache.blob(hash.digest)));
  const total = unsaved.reduce((sum, { size }) => sum + size, 0);
  const write = <T>(action: () => Promise<T>) => orUnwritable({ where: text, path: cache.folder }, action);
  await write(() => mkdir(join(cache.folder, 'blobs'), { recursive: true }));
  let before = 0;
  for (const content of contents) {
    const { path, size, hash } = content;
    if (unsaved.includes(content)) {
      const url = hubFileUrl(endpoint, address, commit, path);
      const start = before;
      await downloadBlob({
        ...{ ...download, url, target: cache.blob(hash.digest), size, hash },
        onProgress: (done) => onProgress?.({ file: path, done: start + done, total }),
      });
      before += size;
    }
    await write(() => cache.link(hash.digest, commit, path));
  }
  return missing.length;
}

/** Large files are known by their SHA-256, others by git's hash. */
function contentOf(path: string, infos: readonly PathInfo[]): Pick<BlobDownload, 'size' | 'hash'> & { path: string } {
  const info = infos.find((candidate) => candidate.path === path);
  const { oid, size } = info?.lfs ?? info ?? {};
  const algorithm = info?.lfs === undefined ? 'git' : 'sha256';
  const isSound =
    Number.isSafeInteger(size) && new RegExp(`^[0-9a-f]{${algorithm === 'git' ? 40 : 64}}$`).test(oid ?? '');
  if (isSound) return { path, size: size!, hash: { algorithm, digest: oid! } };
  throw new Error(`${path} of size ${size} and hash ${oid}`);
}
