// The Hugging Face Hub and its content network as two servers on this machine: as much of the protocol as clients need who download.
// Python's huggingface_hub downloads from it too (HF_ENDPOINT), which is how it was checked.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HubRepository {
  files: Record<string, Uint8Array>;
  /** Default 'model'. */
  kind?: 'dataset';
  /** Branches and tags beside `main`, all at the one commit. */
  revisions?: string[];
  gated?: boolean;
  /** Seen with the token alone. */
  private?: boolean;
}

export interface HubServer {
  endpoint: string;
  repositories: Record<string, HubRepository>;
  /** The one token that it knows. */
  token: string;
  /** 'GET /owner/name/resolve/…', in order; those of the content network begin with 'CDN'. Ranges follow in brackets. */
  requests: string[];
  /** For the next contents, in order: after so many bytes the connection breaks. */
  breaks: number[];
  /** What it answers with instead, where it has something to say about a request. */
  answer?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** What the content network makes of a content. */
  tamper?: ((content: Uint8Array) => Uint8Array) | undefined;
  /** Whether ranges are understood. */
  ranges: boolean;
  close(): Promise<void>;
}

/** Contents from this size on are kept by the content network, as the hub does with large files. */
const largeFrom = 1000;

export function gitHash(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The commit of a repository: another one for other files. */
export function commitOf({ files }: HubRepository): string {
  const hash = createHash('sha1');
  for (const [path, content] of Object.entries(files)) hash.update(path).update(content);
  return hash.digest('hex');
}

export async function startHubServer(repositories: Record<string, HubRepository> = {}): Promise<HubServer> {
  const network = await listen((request, response) => {
    note('CDN', request);
    if (request.headers.authorization !== undefined) return end(response, 400, { 'X-Error-Message': 'a token leaked' });
    const digest = request.url!.slice(1);
    const content = Object.values(hub.repositories)
      .flatMap(({ files }) => Object.values(files))
      .find((candidate) => sha256(candidate) === digest);
    if (content === undefined) return end(response, 404);
    sendContent(request, response, hub.tamper?.(content) ?? content, { ETag: `"${digest}"` });
  });
  const front = await listen((request, response) => {
    note(request.method!, request);
    if (hub.answer?.(request, response)) return;
    serve(request, response);
  });
  const hub: HubServer = {
    ...{ endpoint: front.url, repositories, token: 'hf_known', requests: [], breaks: [], ranges: true },
    async close() {
      await Promise.all([front.close(), network.close()]);
    },
  };

  function note(name: string, { url, headers }: IncomingMessage): void {
    const range = headers.range === undefined ? '' : ` [${headers.range}]`;
    hub.requests.push(`${name} ${decodeURIComponent(url!.split('?', 1)[0]!)}${range}`);
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== `Bearer ${hub.token}`) {
      return end(response, 401, { 'X-Error-Message': 'Invalid credentials in Authorization header' });
    }
    const path = request.url!.split('?', 1)[0]!;
    const [, api, kind, name, question, encoded = '', file = ''] =
      /^(\/api\/(?=models|datasets))?(?:\/?(models|datasets))?\/([^/]+\/[^/]+)\/([^/]+)\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
    const repository = hub.repositories[name ?? ''];
    const isOther = (repository?.kind === 'dataset') !== (kind === 'datasets');
    if (repository === undefined || isOther || (repository.private && authorization === undefined)) {
      const status = authorization === undefined ? 401 : 404;
      return end(response, status, { 'X-Error-Code': 'RepoNotFound', 'X-Error-Message': 'Repository not found' });
    }
    const revision = decodeURIComponent(encoded);
    const commit = commitOf(repository);
    if (![commit, 'main', ...(repository.revisions ?? [])].includes(revision)) {
      return end(response, 404, { 'X-Error-Code': 'RevisionNotFound', 'X-Error-Message': `Invalid rev id: ${revision}` });
    }
    if (api !== undefined && question === 'revision') {
      const siblings = Object.keys(repository.files).map((rfilename) => ({ rfilename }));
      return json(response, { _id: '0', id: name, sha: commit, siblings, private: false, gated: repository.gated ?? false });
    }
    if (repository.gated && authorization === undefined) {
      const message = `Access to model ${name} is restricted. You must be authenticated to access it.`;
      return end(response, 401, { 'X-Error-Code': 'GatedRepo', 'X-Error-Message': message });
    }
    if (api !== undefined && question === 'paths-info') {
      return void readBody(request).then((body) => {
        const { paths } = JSON.parse(body) as { paths: string[] };
        json(response, paths.flatMap((each) => infoOf(each, repository.files[each])));
      });
    }
    if (api !== undefined && question === 'tree') return listTree(request, response, repository);
    const content = repository.files[decodeURIComponent(file)];
    if (question !== 'resolve' || content === undefined) {
      return end(response, 404, { 'X-Error-Code': 'EntryNotFound', 'X-Repo-Commit': commit });
    }
    const headers = { 'X-Repo-Commit': commit, ETag: `"${gitHash(content)}"` };
    if (content.length < largeFrom) return sendContent(request, response, content, headers);
    const linked = { 'X-Linked-Size': String(content.length), 'X-Linked-ETag': `"${sha256(content)}"` };
    end(response, 302, { ...headers, ...linked, Location: `${network.url}/${sha256(content)}` });
  }

  /** Two entries a page, the next one in the header Link. */
  function listTree(request: IncomingMessage, response: ServerResponse, { files }: HubRepository): void {
    const { pathname, searchParams } = new URL(request.url!, front.url);
    const paths = Object.keys(files);
    const folders = [...new Set(paths.flatMap((path) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])))];
    const entries = [
      ...folders.map((path) => ({ type: 'directory', oid: gitHash(new Uint8Array(0)), size: 0, path })),
      ...paths.flatMap((path) => infoOf(path, files[path])),
    ];
    const start = Number(searchParams.get('cursor') ?? 0);
    searchParams.set('cursor', String(start + 2));
    const next = `<${front.url}${pathname}?${searchParams}>; rel="next"`;
    if (start + 2 < entries.length) response.setHeader('Link', next);
    json(response, entries.slice(start, start + 2));
  }

  function sendContent(
    request: IncomingMessage,
    response: ServerResponse,
    content: Uint8Array,
    headers: Record<string, string>,
  ): void {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec((hub.ranges && request.headers.range) || '') ?? [];
    const start = Number(first ?? 0);
    if (first !== undefined && start >= content.length) return end(response, 416);
    const bytes = content.subarray(start, last ? Number(last) + 1 : undefined);
    const range = { 'Content-Range': `bytes ${start}-${start + bytes.length - 1}/${content.length}` };
    const length = { 'Content-Length': String(bytes.length), 'Accept-Ranges': 'bytes' };
    response.writeHead(first === undefined ? 200 : 206, { ...headers, ...length, ...(first !== undefined && range) });
    if (request.method === 'HEAD') return void response.end();
    const broken = hub.breaks.shift() ?? Number.POSITIVE_INFINITY;
    if (broken >= bytes.length) return void response.end(bytes);
    const arrive = 50; // a client may drop what comes together with the end
    response.write(bytes.subarray(0, broken), () => setTimeout(() => response.socket?.end(), arrive));
  }

  return hub;
}

function infoOf(path: string, content: Uint8Array | undefined): object[] {
  if (content === undefined) return [];
  const info = { type: 'file', oid: gitHash(content), size: content.length, path };
  if (content.length < largeFrom) return [info];
  return [{ ...info, lfs: { oid: sha256(content), size: content.length, pointerSize: 130 } }];
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}
