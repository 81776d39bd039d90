// The files of a data set on the hub, read by ranges: nothing is downloaded in full.

import { setTimeout } from 'node:timers/promises';

import { datasetInfo, listFiles } from '@huggingface/hub';
import { SemmaeError } from '@semmae/core';

import type { ByteSource } from '../sources/byte-source';
import { urlSource } from '../sources/url-source';
import { type HubAddress, hubFileUrl, isInside, parseHubAddress } from './hub-address';
import { askHub, type HubConnection, hubConnection } from './hub-connection';
import { type HubSettings, hubSettings } from './hub-settings';

export interface HubDatasetOptions extends Partial<Omit<HubSettings, 'cacheFolder'>> {
  signal?: AbortSignal | undefined;
  /** Attempts after one that failed, a second and more apart. Default 4. */
  retries?: number | undefined;
  /** Instead of the global one, for the questions to the hub. */
  fetch?: typeof fetch | undefined;
}

export interface HubDataset {
  address: HubAddress;
  commit: string;
  /** All files of the commit, in the order of the hub. */
  paths: readonly string[];
  /** Reads by ranges, each again where the connection fails. */
  open(path: string): Promise<ByteSource>;
}

/**
 * Lists the files of `hf:owner/name[@revision][:…]` at the commit where the revision is now; what follows the colon is left to the caller.
 *
 * Throws a SemmaeError of one line for what is gated, absent or unreachable.
 */
export async function openHubDataset(text: string, options: HubDatasetOptions = {}): Promise<HubDataset> {
  const { signal, retries = 4 } = options;
  const address = parseHubAddress(text, 'dataset');
  const { endpoint, token, offline } = hubSettings(options);
  if (offline) {
    const requirement = 'a data set on the hub must be read over the network';
    const remedy = 'unset it, or name a folder that has its files';
    throw new SemmaeError({ where: text, requirement, got: 'HF_HUB_OFFLINE', remedy });
  }
  const connection = hubConnection({ address, endpoint, token, signal, fetch: options.fetch });
  const { commit, paths } = await filesOf(connection);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    ...{ address, commit, paths },
    async open(path) {
      const url = hubFileUrl(endpoint, address, commit, path);
      const source = await again(() => urlSource(url, { headers }));
      const close = () => {
        signal?.removeEventListener('abort', close);
        source.close();
      };
      signal?.addEventListener('abort', close);
      return { ...source, bytes: (start, length) => again(() => source.bytes(start, length)), close };
    },
  };

  async function again<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request();
      } catch (error) {
        signal?.throwIfAborted();
        if (attempt > retries) throw error;
        await setTimeout(1000 * attempt, undefined, { signal }).catch(() => {}); // the next request sees it
      }
    }
  }
}

function filesOf(connection: HubConnection): Promise<{ commit: string; paths: string[] }> {
  const { address, endpoint, fetch } = connection;
  return askHub(connection, async () => {
    const { repository: name, revision } = address;
    const { sha } = await datasetInfo({ name, revision, additionalFields: ['sha'], hubUrl: endpoint, fetch });
    if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`the commit ${sha}`);
    const repo = { type: 'dataset', name } as const;
    const paths: string[] = [];
    for await (const { type, path } of listFiles({ repo, revision: sha, recursive: true, hubUrl: endpoint, fetch })) {
      if (type === 'file' && isInside(path)) paths.push(path);
    }
    return { commit: sha, paths };
  });
}
