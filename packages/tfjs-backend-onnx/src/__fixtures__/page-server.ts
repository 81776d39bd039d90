// A bundled program on a page of its own server, with the headers that give WebAssembly its threads.

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

import { build } from 'esbuild';

/** Milliseconds that a page has for its answer. */
const patience = 50_000;

export interface PageServer {
  url: string;
  /** What the page posts to /answer. */
  answer: Promise<unknown>;
  close(): void;
}

/** Bundles `entry` for the browser, as a user would, and serves it together with onnxruntime-web's .wasm files. */
export async function servePage(entry: string): Promise<PageServer> {
  const { outputFiles } = await build({
    entryPoints: { page: entry },
    outdir: '/',
    write: false,
    bundle: true,
    splitting: true, // ONNX Runtime's threads load the script it is in once more: it must be a script of its own
    format: 'esm',
    platform: 'browser', // an import of a Node builtin fails here
    target: 'es2022',
    conditions: ['@semmae/source'],
    logLevel: 'error',
  });
  const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const wasmFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname;
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (path === '/answer') {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        response.end();
        server.emit('answer', JSON.parse(body));
      });
    } else if (scripts.has(path)) {
      response.setHeader('Content-Type', 'text/javascript').end(scripts.get(path));
    } else if (/^\/ort[\w.-]+\.wasm$/.test(path)) {
      response.setHeader('Content-Type', 'application/wasm');
      createReadStream(join(wasmFolder, path)).pipe(response);
    } else if (path === '/') {
      response.setHeader('Content-Type', 'text/html').end('<script type="module" src="/page.js"></script>');
    } else {
      response.writeHead(404).end();
    }
  });
  const answer = once(server, 'answer', { signal: AbortSignal.timeout(patience) }).then(([value]) => value as unknown);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, answer, close: () => close(server) };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
