// How a repository of the hub is written where a file could stand: hf:owner/name[@revision][:file].

import { SemmaeError } from '@semmae/core';

export interface HubAddress {
  /** As it was written, for messages. */
  text: string;
  kind: 'model' | 'dataset';
  /** 'facebook/vit-mae-base'. */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** What follows the last colon: a file of a model, 'pytorch_model.bin'; a split or a pattern of files of a data set. */
  file?: string;
}

const prefix = 'hf:';

/** Whether the text names a repository of the hub rather than a file. */
export function isHubAddress(text: string): boolean {
  return text.startsWith(prefix);
}

const owned = /^[\w.-]+\/[\w.-]+$/;

const forms = {
  model: {
    requirement: 'a model on the hub must be written hf:owner/name[@revision][:file]',
    example: 'hf:facebook/vit-mae-base',
  },
  dataset: {
    requirement: 'a data set on the hub must be written hf:owner/name[@revision][:split or files]',
    example: 'hf:uoft-cs/cifar10:train',
  },
};

/** Throws a SemmaeError for what is no `hf:owner/name[@revision][:file]`. The revision is `main` where none is given. */
export function parseHubAddress(text: string, kind: HubAddress['kind'] = 'model'): HubAddress {
  const [, repository = '', revision = 'main', file] = /^hf:([^@:]*)(?:@([^:]*))?(?::(.*))?$/s.exec(text) ?? [];
  const isSound =
    owned.test(repository) && isInside(repository) && isInside(revision) && (file === undefined || isInside(file));
  if (isSound) return { text, kind, repository, revision, ...(file !== undefined && { file }) };
  const { requirement, example } = forms[kind];
  const got = text.slice(prefix.length) || 'nothing after hf:';
  throw new SemmaeError({ where: text, requirement, got, remedy: `such as ${example}` });
}

/** Where the repository is on the hub, for people and for files. */
export function hubPage(endpoint: string, { kind, repository }: HubAddress): string {
  return kind === 'dataset' ? `${endpoint}/datasets/${repository}` : `${endpoint}/${repository}`;
}

/** Where a file of a commit is. */
export function hubFileUrl(endpoint: string, address: HubAddress, commit: string, path: string): string {
  return `${hubPage(endpoint, address)}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Whether a name from outside stays below the folder that it is appended to, on every system. */
export function isInside(path: string): boolean {
  return path.split(/[/\\]/).every((step) => !/^\.{0,2}$/.test(step) && !/[:\p{Cc}]/u.test(step));
}
