// From the address of a model on the hub to its files on this machine.

import { modelInfo } from '@huggingface/hub';
import { SemmaeError } from '@semmae/core';
import { orUnwritable } from '@semmae/core/files';

import { chooseFiles } from './choose-files';
import { downloadFiles } from './download-files';
import { type HubAddress, isInside, parseHubAddress } from './hub-address';
import { type HubCache, hubCache, type Snapshot } from './hub-cache';
import { askHub, type HubConnection, HubUnreachable, hubConnection } from './hub-connection';
import { type HubSettings, hubSettings } from './hub-settings';
import { isShardIndex, shardsOf } from './shards-of';

export interface HubDownloadOptions extends Partial<HubSettings> {
  /** Aborting throws its reason; the next download goes on from there. */
  signal?: AbortSignal | undefined;
  /** Bytes that are here, of all that this download takes. Not called when everything is in the cache. */
  onProgress?: ((progress: { file: string; done: number; total: number }) => void) | undefined;
  /** Told in one line when the hub cannot be reached and what is cached is used. */
  onWarning?: ((message: string) => void) | undefined;
  /** Attempts after a connection that brought nothing. Default 5. */
  retries?: number;
  /** Instead of the global one, for proxies and the like. */
  fetch?: typeof fetch;
}

export interface DownloadedModel {
  /** The weights, or the index of their shards; config.json and preprocessor_config.json beside it where the repository has them. */
  path: string;
  repository: string;
  commit: string;
}

/**
 * Downloads the weights that `hf:owner/name[@revision][:file]` names, with config.json and preprocessor_config.json beside them, and
 * nothing else; what the cache of Python's huggingface_hub holds is not downloaded again. Where no file is named it is
 * model.safetensors or pytorch_model.bin, whole or in shards, or the only other file of weights.
 *
 * Sizes and hashes are checked before a file gets its name. Without a network, or `offline`, what is cached is used.
 *
 * Throws a SemmaeError of one line for what is gated, absent, unreachable or damaged, and when the disk is full.
 */
export async function downloadFromHub(text: string, options: HubDownloadOptions = {}): Promise<DownloadedModel> {
  const { signal, onProgress, onWarning, retries = 5 } = options;
  const address = parseHubAddress(text);
  const { repository, revision } = address;
  const { endpoint, token, cacheFolder, offline } = hubSettings(options);
  const cache = hubCache(cacheFolder, repository);
  if (offline) return cachedModel(address, cache);
  const connection = hubConnection({ address, endpoint, token, signal, fetch: options.fetch });
  let snapshot: Snapshot;
  try {
    snapshot = await currentSnapshot(connection);
  } catch (error) {
    const model = error instanceof HubUnreachable && (await attempt(() => cachedModel(address, cache)));
    if (!model) throw error;
    onWarning?.(`${error.message.split(';', 1)}; using commit ${model.commit.slice(0, 12)} from the cache`);
    return model;
  }
  const { commit, paths } = snapshot;
  const { weights, companions } = chooseFiles(address, paths);
  const path = cache.path(commit, weights);
  const download = (files: string[]) => downloadFiles(files, { connection, cache, commit, retries, onProgress });
  let count = await download([...companions, weights]);
  if (isShardIndex(weights)) count += await download(await shardsOf(address, path, weights, paths));
  const keep = async () => orUnwritable({ where: text, path: cache.folder }, () => cache.setRevision(revision, commit));
  if (count > 0) await keep();
  else await attempt(keep); // a cache that cannot be written serves all the same
  return { path, repository, commit };
}

/** The commit that the revision is at, and the files of that. */
function currentSnapshot(connection: HubConnection): Promise<Snapshot> {
  const { address, endpoint, fetch } = connection;
  return askHub(connection, async () => {
    const { repository: name, revision } = address;
    const additionalFields: ('sha' | 'filePaths')[] = ['sha', 'filePaths'];
    const { sha, filePaths } = await modelInfo({ name, revision, additionalFields, hubUrl: endpoint, fetch });
    if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`the commit ${sha}`);
    return { commit: sha, paths: filePaths.filter(isInside) };
  });
}

async function cachedModel(address: HubAddress, cache: HubCache): Promise<DownloadedModel> {
  const { text, repository, revision } = address;
  const snapshot = cache.snapshot(revision);
  const model = snapshot && (await attempt(() => modelIn(snapshot)));
  if (model !== undefined) return model;
  throw new SemmaeError({
    where: text,
    requirement: `its weights must be in ${cache.folder} to be used offline`,
    got: snapshot?.paths ?? `nothing of the revision ${revision}`,
    remedy: 'download them first, without HF_HUB_OFFLINE',
  });

  async function modelIn({ commit, paths }: Snapshot): Promise<DownloadedModel> {
    const { weights } = chooseFiles(address, paths);
    const path = cache.path(commit, weights);
    if (isShardIndex(weights)) await shardsOf(address, path, weights, paths);
    return { path, repository, commit };
  }
}

/** Undefined where it throws an error of ours. */
async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (SemmaeError.isInstance(error)) return undefined;
    throw error;
  }
}
