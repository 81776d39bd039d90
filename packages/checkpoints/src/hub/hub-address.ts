// How a model on the hub is written where a file could stand: hf:owner/name[@revision][:file].

import { SemmaeError } from '@semmae/core';

export interface HubAddress {
  /** As it was written, for messages. */
  text: string;
  /** 'facebook/vit-mae-base'. */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** A file of the repository, where one was named: 'pytorch_model.bin'. */
  file?: string;
}

const prefix = 'hf:';

/** Whether the text names a model on the hub rather than a file. */
export function isHubAddress(text: string): boolean {
  return text.startsWith(prefix);
}

const owned = /^[\w.-]+\/[\w.-]+$/;

/** Throws a SemmaeError for what is no `hf:owner/name[@revision][:file]`. The revision is `main` where none is given. */
export function parseHubAddress(text: string): HubAddress {
  const [, repository = '', revision = 'main', file] = /^hf:([^@:]*)(?:@([^:]*))?(?::(.*))?$/s.exec(text) ?? [];
  const isSound =
    owned.test(repository) && isInside(repository) && isInside(revision) && (file === undefined || isInside(file));
  if (isSound) return { text, repository, revision, ...(file !== undefined && { file }) };
  throw new SemmaeError({
    where: text,
    requirement: 'a model on the hub must be written hf:owner/name[@revision][:file]',
    got: text.slice(prefix.length) || 'nothing after hf:',
    remedy: 'such as hf:facebook/vit-mae-base',
  });
}

/** Whether a name from outside stays below the folder that it is appended to, on every system. */
export function isInside(path: string): boolean {
  return path.split(/[/\\]/).every((step) => !/^\.{0,2}$/.test(step) && !/[:\p{Cc}]/u.test(step));
}
