// Requests to the hub: the token goes along, and what goes wrong is one line.

import { SemmaeError } from '@semmae/core';

import { type HubAddress, hubPage } from './hub-address';
import type { HubSettings } from './hub-settings';

/** What one repository is asked for over. */
export interface HubConnection {
  address: HubAddress;
  endpoint: string;
  signal: AbortSignal | undefined;
  /**
   * Throws a SemmaeError for every answer that is no success, with what the hub says in `X-Error-Code`: gated, absent, no such
   * revision or file, an unknown token. Throws the reason of the signal when that is aborted.
   */
  fetch: typeof fetch;
}

/** The hub did not answer, or not as a hub does: another attempt may succeed, and what is cached may do meanwhile. */
export class HubUnreachable extends SemmaeError {}

export interface HubConnectionOptions extends Pick<HubSettings, 'endpoint' | 'token'> {
  address: HubAddress;
  signal?: AbortSignal | undefined;
  fetch?: typeof fetch | undefined;
}

/** The token is sent to the hub, and by `fetch` not on to where it redirects. */
export function hubConnection({ address, endpoint, token, ...options }: HubConnectionOptions): HubConnection {
  const { signal, fetch: send = fetch } = options;
  const connection: HubConnection = {
    ...{ address, endpoint, signal },
    async fetch(target, init) {
      const headers = new Headers(init?.headers);
      headers.set('Accept-Encoding', 'identity'); // so that a range is one of the file
      if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
      let response: Response;
      try {
        response = await send(target, { ...init, headers, signal: signal ?? null });
      } catch (cause) {
        throw broken(connection, cause);
      }
      if (response.ok) return response;
      await response.body?.cancel();
      throw refusal(response, connection, token !== undefined);
    },
  };
  return connection;
}

/** What a connection that failed becomes: the reason of the signal where it was aborted, else `HubUnreachable`. */
export function broken({ address, endpoint, signal }: HubConnection, cause: unknown): unknown {
  if (signal?.aborted) return signal.reason;
  const { cause: reason = cause } = cause as Error; // fetch says "fetch failed", and why only in its cause
  return new HubUnreachable({
    where: address.text,
    requirement: `${endpoint} must be reachable`,
    got: (reason as Error).message || (reason as NodeJS.ErrnoException).code,
    remedy: 'check the network and try again',
    cause,
  });
}

/** What `question` makes of the hub's answer. Its errors about an answer of another kind, such as a page to log in to a network, become `HubUnreachable`. */
export async function askHub<T>({ address, endpoint, signal }: HubConnection, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (SemmaeError.isInstance(cause)) throw cause;
    signal?.throwIfAborted();
    throw new HubUnreachable({
      where: address.text,
      requirement: `${endpoint} must answer as the Hugging Face Hub does`,
      got: cause,
      remedy: 'check the network, and HF_ENDPOINT where it is set',
      cause,
    });
  }
}

function refusal(
  { status, statusText, headers }: Response,
  { address, endpoint }: HubConnection,
  hasToken: boolean,
): SemmaeError {
  const { text: where, revision, file = 'of that name' } = address;
  const [code, message] = [headers.get('X-Error-Code'), headers.get('X-Error-Message')];
  const got = [status, code, message ?? (code === null ? statusText : null)].filter(Boolean).join(' ');
  const page = hubPage(endpoint, address);
  const because = (requirement: string, remedy: string) => new SemmaeError({ where, requirement, got, remedy });
  switch (code) {
    case 'GatedRepo': {
      const login = hasToken ? 'with the account of the token' : 'and set HF_TOKEN';
      return because('its conditions must be accepted first', `accept them at ${page} ${login}`);
    }
    case 'RevisionNotFound':
      return because(`there must be a revision ${revision}`, `see ${page}/tree/main`);
    case 'EntryNotFound':
      return because(`there must be a file ${file}`, `see ${page}/tree/main`);
  }
  if (status === 401 && message?.includes('Authorization')) {
    const remedy = `make a new one at ${endpoint}/settings/tokens, or unset HF_TOKEN and log out`;
    return because('the token must be valid', remedy);
  }
  if (status === 401 || code === 'RepoNotFound') {
    const login = hasToken ? 'or the token of its owner' : 'or set HF_TOKEN if it is private'; // the hub does not tell strangers
    return because('there must be such a repository', `check its name, ${login}`);
  }
  if (status === 408 || status === 429 || status >= 500) {
    const remedy = 'try again later';
    return new HubUnreachable({ where, requirement: `${endpoint} must answer`, got, remedy });
  }
  return because(`${endpoint} must grant it`, `see ${page}`);
}
