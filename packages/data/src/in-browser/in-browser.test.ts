// What a page makes of files, in a real browser, against the values of Pillow, NumPy and tifffile.

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

import { findChromium, openPage } from '../../../tfjs-backend-onnx/src/__fixtures__/chromium';
import { imageDataset } from '../image-dataset-of';
import type { ImageForm } from '../image-form';
import labelTable from '../labels/__fixtures__/labels.json';
import type { LabelRules } from '../labels/label-rules';
import imageTable from '../pixels/__fixtures__/images.json';
import type { PixelRules } from '../pixels/pixel-rules';
import { openParquetSource } from '../sources/parquet/open-parquet-source';
import type { DecodedOnPage, PageReport, PageTasks } from './__fixtures__/page';

interface ImageRow {
  rules?: PixelRules;
  shape?: readonly number[];
  values?: readonly number[];
  every?: number;
  tolerance?: number;
  refused?: string;
}
interface LabelRow {
  rules?: LabelRules;
  shape?: [height: number, width: number];
  ids?: readonly number[];
  refused?: string;
}
/** A browser does not tell what it passed over. */
const images = Object.entries(imageTable as unknown as Record<string, ImageRow>).filter(
  ([, { rules }]) => rules?.damaged !== 'strict',
);
const labels = Object.entries(labelTable as unknown as Record<string, LabelRow>);
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folders: Record<string, string> = {
  images: folder('../pixels/__fixtures__/images/'),
  labels: folder('../labels/__fixtures__/labels/'),
  tables: folder('../sources/parquet/__fixtures__/'),
};
const chosenFolder = [
  ...['photos/ant/2.jpg', 'photos/bee/1.png', 'photos/bee/deep/1.jpg', 'photos/stray.jpg', 'photos/bee/3.heic'],
  ...['photos/.git/x.png', 'photos/bee/1.jpg', 'photos/ant/.thumbnails/2.jpg'],
];

const chromium = findChromium();
if (chromium === undefined) console.warn('skipped: no Chromium on PATH; CHROME_PATH can name one');

describe.skipIf(chromium === undefined)('in a browser', () => {
  let report: PageReport;
  beforeAll(async () => {
    report = await reportOfPage(chromium!, {
      images: images.map(([name, { rules }]) => ({ name, form: { pixels: rules } as ImageForm })),
      labels: labels.map(([name, { rules, shape: [height, width] = [5, 7] }]) => ({
        ...{ name, height, width },
        form: { labels: rules } as ImageForm,
      })),
      folder: chosenFolder,
    });
  }, 60_000); // on a busy machine

  it('decodes pictures and numbers as Pillow and NumPy do, or refuses them by name', () => {
    for (const [index, [name, row]] of images.entries()) {
      const found = report.images[index]!;
      if (row.values === undefined || refusedHere(name, row) !== undefined) {
        const kind = 'kind' in found ? found.kind : 'decoded';
        expect([name, kind]).toEqual([name, refusedHere(name, row) ?? expect.not.stringMatching('decoded')]);
        continue;
      }
      if ('kind' in found) expect.fail(`${name}: ${found.kind}, ${found.reason}`);
      expect([name, found.height, found.width, found.channels]).toEqual([name, ...row.shape!]);
      expect([name, worst(found, row)]).toSatisfy(([, difference]) => difference <= (row.tolerance ?? 0) + 1e-4);
    }
  });

  it('reads labels as numbers', () => {
    for (const [index, [name, row]] of labels.entries()) {
      const found = report.labels[index]!;
      const isLeftToNode = /\.tiff?$|-[124]-interlaced/.test(name);
      if (row.ids === undefined || isLeftToNode)
        expect([name, 'kind' in found && found.kind]).toEqual([name, 'unreadable mask']);
      else if ('kind' in found) expect.fail(`${name}: ${found.reason}`);
      else expect([name, found.parts]).toEqual([name, row.ids]);
    }
    expect(report.spooled).toEqual(labels.map(([name]) => readFileSync(`${folders.labels}${name}`).length));
  });

  it('takes files of a folder by the rules of folders on disk', () => {
    expect(report.folder).toEqual({
      ids: ['ant/2', 'bee/1.jpg', 'bee/1.png', 'bee/deep/1'],
      labels: [0, 1, 1, 1],
      classNames: ['ant', 'bee'],
      leftOut: '1 .heic, 2 hidden folders, 1 stray image',
      text: 'photos/bee/1.jpg',
    });
  });

  it('reads Parquet from files and by ranges', async () => {
    const [ranges, chosen, both] = report.parquet;
    const [labeled, masked] = [
      await openParquetSource(`${folders.tables}two-labels.parquet`, { label: 'fine_label' }),
      await openParquetSource(`${folders.tables}with-masks.parquet`),
    ];
    expect([ranges!.ids, ranges!.labels]).toEqual([
      ['two-labels/0', 'two-labels/1', 'two-labels/2'],
      [4, 2, 0],
    ]);
    expect([chosen!.ids, chosen!.labels]).toEqual([
      ['chosen/0', 'chosen/1', 'chosen/2'],
      [1, 0, 1],
    ]);
    expect(both!.ids).toEqual([0, 1, 2].flatMap((row) => `with-masks/${row}`).concat(chosen!.ids));
    for (const [source, { first }] of [
      [labeled, ranges!],
      [masked, chosen!],
      [masked, both!],
    ] as const) {
      const { pixels, parts } = await imageDataset(source).get(0);
      expect([first.pixels, first.parts]).toEqual([[...pixels], parts && [...parts]]);
    }
  });

  it('fetches images from addresses, and counts one that is not there', () => {
    expect(report.addresses.ids.slice(0, 2)).toEqual(['images/rgb', 'images/rgb-interlaced']);
    expect(report.addresses.missing).toBe('unreachable');
  });
});

/** Of what Node reads: why a browser does not; of what Node refuses: how a browser does, where it is in another way. */
function refusedHere(name: string, { refused, values }: ImageRow): string | undefined {
  if (/\.tif$/.test(name)) return 'unsupported format';
  if (/^rgba?-16-(srgb|profile)\.png$/.test(name)) return 'without value range';
  if (name === 'no-end.jpg') return 'damaged'; // Chromium is stricter with what breaks off
  if (name === 'truncated-ended.jpg') return 'decoded'; // and fills this up with gray
  if (values !== undefined || refused === undefined) return undefined;
  return refused === 'truncated' && !name.endsWith('.npy') ? 'damaged' : refused;
}

function worst({ pixels, width, channels }: DecodedOnPage, { values, every = 1 }: ImageRow): number {
  const listed = pixels.filter((_, index) => {
    const pixel = Math.floor(index / channels);
    return every === 1 || (Math.floor(pixel / width) % every === 3 && (pixel % width) % every === 3);
  });
  return Math.max(...listed.map((value, index) => Math.abs(value - values![index]!)));
}

async function reportOfPage(executable: string, tasks: PageTasks): Promise<PageReport> {
  const { outputFiles } = await build({
    entryPoints: [folder('./__fixtures__/page.ts')],
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022', logLevel: 'error' },
    platform: 'browser', // an import of a Node builtin fails here
    conditions: ['@semmae/source'],
  });
  const server = createServer((request, response) => serve(request, response));
  const answered = once(server, 'answer', { signal: AbortSignal.timeout(55_000) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = openPage(executable, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  try {
    const [answer] = (await answered) as [PageReport | { error: string }];
    if ('error' in answer) expect.fail(answer.error);
    return answer;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url!.split('?', 1)[0]!);
    const [, kind = '', name = ''] = /^\/(\w+)\/([^/]+)$/.exec(path) ?? [];
    if (path === '/')
      return void response.setHeader('Content-Type', 'text/html').end('<script type="module" src="/page.js"></script>');
    if (path === '/page.js')
      return void response.setHeader('Content-Type', 'text/javascript').end(outputFiles[0]!.text);
    if (path === '/tasks') return void response.end(JSON.stringify(tasks));
    if (path === '/answer') {
      let body = '';
      request.on('data', (piece) => (body += piece));
      request.on('end', () => {
        response.end();
        server.emit('answer', JSON.parse(body));
      });
      return;
    }
    const file = `${folders[kind]}${name}`;
    if (folders[kind] === undefined || !existsSync(file)) return void response.writeHead(404).end();
    const content = readFileSync(file);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined) return void response.end(content);
    const bytes = content.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + bytes.length - 1}/${content.length}`;
    response.writeHead(206, { 'Content-Range': range }).end(bytes);
  }
}
