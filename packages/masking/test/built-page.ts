// A page built by Vite and opened, in Chromium where there is one.

import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { findChromium } from '../../tfjs-backend-onnx/src/__fixtures__/chromium';
import { repository, run } from './packed-packages';

const contentTypes: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Copies `page` into the user's folder, builds it there and returns where the result lies. Warnings are failures. */
export function buildPage(page: string, userFolder: string): string {
  const root = join(userFolder, basename(page));
  cpSync(page, root, { recursive: true });
  const vite = join(repository, 'node_modules/vite/bin/vite.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0 || stdout + stderr !== '') throw new Error(`vite build: ${stdout}${stderr}`);
  return join(root, 'dist');
}

/** What the page's `<pre>` holds in the end. Without a browser the built script runs in Node. */
export async function answerOfPage(built: string): Promise<string> {
  const chromium = findChromium();
  if (chromium === undefined) {
    const script = readdirSync(join(built, 'assets')).find((name) => name.endsWith('.js'))!;
    return answerOfScript(join(built, 'assets', script));
  }
  const server = createServer(({ url = '' }, response) => {
    const path = url === '/' ? 'index.html' : url.slice(1);
    if (!existsSync(join(built, path))) {
      response.writeHead(404).end(); // browsers ask for an icon
      return;
    }
    response.setHeader('content-type', contentTypes[extname(path)] ?? 'text/plain');
    response.end(readFileSync(join(built, path)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const profile = join(built, '..', 'profile');
    const parameters = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
    const { stdout } = await promisify(execFile)(chromium, [
      ...parameters,
      `--user-data-dir=${profile}`,
      '--virtual-time-budget=5000',
      '--dump-dom',
      `http://127.0.0.1:${port}/`,
    ]);
    return stdout.match(/<pre>(.*?)<\/pre>/s)![1]!;
  } finally {
    server.close();
  }
}

/** The same of its script alone, in Node, with as much of a document as it and Vite's preamble ask for. */
export function answerOfScript(path: string): string {
  const source = `const pre = {};
    globalThis.document = { createElement: () => ({ relList: { supports: () => true } }), querySelector: () => pre };
    await import('${pathToFileURL(path)}');
    console.log(pre.textContent);`;
  return run(process.execPath, ['--no-warnings', '--input-type=module', '-e', source], dirname(path)).trim();
}
