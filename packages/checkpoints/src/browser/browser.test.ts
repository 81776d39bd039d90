// What a page reads: Blobs, bytes and addresses, through a bundle as a page would have it.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTensorFile as openOnDisk } from '../open-tensor-file';
import type { TensorFile } from '../tensors/tensor-file';
import { openTensorFile } from './open-tensor-file';

const folder = fileURLToPath(new URL('../../fixtures/containers/', import.meta.url));
const names = ['zip.pth', 'legacy.pth', 'compressed.npz', 'version-2.npy', 'types.safetensors'];
const bytesOf = (name: string) => new Uint8Array(readFileSync(`${folder}${name}`));

async function contentOf(file: TensorFile): Promise<unknown> {
  const values = new Map<string, unknown>();
  for (const [name, entry] of file.entries) values.set(name, [{ ...entry }, await file.read(name)]);
  file.close();
  return [values, file.extras, file.metadata];
}

let server: Server;
let url: string;
let requests: { path: string; range: string | undefined; header: string | undefined }[];
let answer: (request: IncomingMessage, response: ServerResponse, content: Uint8Array) => void;

/** As static servers answer. */
function withRanges({ headers }: IncomingMessage, response: ServerResponse, content: Uint8Array): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')!.map(Number) as [number, number, number];
  if (first >= content.length)
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  const end = Math.min(last + 1, content.length);
  response.writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/${content.length}`, etag: '"1"' });
  response.end(content.subarray(first, end));
}

beforeEach(async () => {
  requests = [];
  answer = withRanges;
  server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.slice(1));
    requests.push({ path, range: request.headers.range, header: request.headers.authorization });
    if (path === 'moved') return void response.writeHead(302, { location: '/version-2.npy' }).end();
    if (path === 'none') return void response.writeHead(404).end();
    answer(request, response, path === 'empty' ? new Uint8Array(0) : bytesOf(path));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('openTensorFile without Node', () => {
  it.each(names)('reads %s from a Blob, from memory and by ranges as from disk', async (name) => {
    const expected = await contentOf(await openOnDisk(`${folder}${name}`));
    const bytes = bytesOf(name);
    for (const from of [
      new Blob([bytes]),
      bytes,
      Buffer.from(bytes),
      bytes.buffer as ArrayBuffer,
      `${url}${name}`,
      new URL(name, url),
    ]) {
      expect(await contentOf(await openTensorFile(from))).toEqual(expected);
    }
  });

  it.each(['sharded/model.safetensors', 'sharded-bin/pytorch_model.bin'])(
    'finds the shards beside %s.index.json',
    async (name) => {
      const [path] = name.split('/');
      const headers = { authorization: 'Bearer x' };
      const file = await openTensorFile(`${url}${name}.index.json`, { headers });
      expect(await contentOf(file)).toEqual(await contentOf(await openOnDisk(`${folder}${path}`)));
      expect(new Set(requests.map(({ header }) => header))).toEqual(new Set(['Bearer x']));
      const blob = new File([bytesOf(`${name}.index.json`)], 'an.index.json');
      await expect(openTensorFile(blob)).rejects.toThrow(
        /^an\.index\.json: must have at most 4096 shards beside it, got .* no folder$/,
      );
    },
  );

  it('asks for the bytes that it needs and for no others', async () => {
    const large = new Uint8Array(5_000_000);
    large.set(bytesOf('version-2.npy').subarray(0, 128));
    const header = new TextEncoder().encode(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (4999872,), }".padEnd(115).concat('\n'),
    );
    large.set(header, 12);
    answer = (request, response) => withRanges(request, response, large);
    const file = await openTensorFile(`${url}types.safetensors`);
    expect(file.container).toBe('npy');
    const asked = () =>
      requests
        .map(({ range }) => range!.match(/\d+/g)!.map(Number))
        .reduce((sum, [first, last]) => sum + last! + 1 - first!, 0);
    expect(asked()).toBe(1 + 2 ** 16);
    expect(await file.read('array')).toHaveLength(4_999_872);
    expect(asked()).toBe(1 + 2 ** 16 + 4_999_872);
  });

  it('follows a server to another address', async () => {
    expect((await openTensorFile(`${url}moved`)).entries.size).toBe(1);
  });

  it.each<[string, string, typeof answer, RegExp]>([
    ['is not there', 'none', withRanges, /none: must be a file that can be read, got status 404 Not Found$/],
    [
      'is empty',
      'empty',
      withRanges,
      /empty: must be a file of tensors: .*, got an empty file; download or copy it anew$/,
    ],
    [
      'comes whole, whatever is asked for',
      'zip.pth',
      (_, response, content) => response.end(content),
      /must answer range requests, got the whole file; download the file, and open it as a Blob$/,
    ],
    [
      'hides its length from pages of other addresses',
      'zip.pth',
      (_, response) => response.writeHead(206).end('x'),
      /must tell its length, got an answer without it; the server must show the header Content-Range/,
    ],
    [
      'breaks off',
      'zip.pth',
      ({ headers }, response) => {
        const whole = { 'content-range': `${headers.range!.replace('=', ' ')}/3000`, 'content-length': 3000 };
        response.writeHead(206, whole).write('P', () => response.destroy());
      },
      /must be a file that can be read, got /,
    ],
    [
      'sends more than was asked for',
      'zip.pth',
      ({ headers }, response) =>
        response.writeHead(206, { 'content-range': `${headers.range!.replace('=', ' ')}/3000` }).end('x'.repeat(5000)),
      /must be a file that can be read, got more bytes than were asked for$/,
    ],
    [
      'sends another range',
      'zip.pth',
      (_, response, { length }) => response.writeHead(206, { 'content-range': `bytes 0-0/${length}` }).end('x'),
      /must give \d+ bytes from 0 on, got the range bytes 0-0\/\d+$/,
    ],
    [
      'is replaced while it is read',
      'zip.pth',
      (request, response, content) => {
        const etag = `"${requests.length}"`;
        const first = request.headers.range === 'bytes=0-0' ? 0 : content.length - 1;
        response.writeHead(206, { 'content-range': `bytes 0-${first}/${content.length}`, etag }).end(content);
      },
      /must give \d+ bytes from 0 on, got another version$/,
    ],
  ])('says in one line that a file %s', async (_, name, answers, message) => {
    answer = answers;
    await expect(openTensorFile(`${url}${name}`)).rejects.toThrow(message);
  });

  it('says in one line that a server is not there', async () => {
    await expect(openTensorFile('http://127.0.0.1:9/a.pth')).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:9\/a\.pth: must be a file that can be read, got /,
    );
  });

  it('says in one line that a Blob is gone', async () => {
    const gone = Object.assign(new Blob(['PK']), {
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('not found')) }),
    });
    await expect(openTensorFile(gone as unknown as Blob)).rejects.toThrow(
      'a Blob: must be a readable file, got not found',
    );
  });
});

it('is bundled for a page without anything of Node', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: "export { openTensorFile } from '@semmae/checkpoints/browser';", resolveDir: folder },
    ...{ bundle: true, write: false, metafile: true, format: 'esm', target: 'es2022', logLevel: 'silent' },
    platform: 'browser', // an import of a Node builtin fails here
    conditions: ['@semmae/source'],
  });
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  const { text } = outputFiles[0]!;
  expect(text).not.toMatch(/\b(Buffer|process|require)\b\s*[.(]/);
  const bundle = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as {
    openTensorFile: typeof openTensorFile;
  };
  const file = await bundle.openTensorFile(new Blob([bytesOf('zip.pth')]));
  expect(await file.read('views.scalar')).toEqual(Int16Array.of(-7));
});
