import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { commitOf, gitHash, type HubServer, sha256, startHubServer } from './__fixtures__/hub-server';
import { downloadFromHub, type HubDownloadOptions } from './download-from-hub';

const large = (size: number, seed: number) => Uint8Array.from({ length: size }, (_, i) => (i * seed) % 251);
const text = (content: string) => new TextEncoder().encode(content);
const weights = large(300_007, 7);
const config = text('{"hidden_size": 12}');
const files = {
  'README.md': text('# about'),
  'config.json': config,
  'model.safetensors': weights,
  'preprocessor_config.json': text('{}'),
  'pytorch_model.bin': large(200_003, 11),
};

let hub: HubServer;
let cacheFolder: string;
beforeEach(async () => {
  cacheFolder = mkdtempSync(join(tmpdir(), 'semmae-hub-'));
  hub = await startHubServer({ 'anna/vit': { files, revisions: ['v1', 'refs/pr/3'] } });
});
afterEach(async () => {
  await hub.close();
  rmSync(cacheFolder, { recursive: true });
});

const get = (address: string, options: HubDownloadOptions = {}) =>
  downloadFromHub(address, { endpoint: hub.endpoint, cacheFolder, token: '', offline: false, ...options });
const hashOf = (path: string) => sha256(readFileSync(path));
const repository = (name = 'anna/vit') => join(cacheFolder, `models--${name.replace('/', '--')}`);
const commit = () => commitOf(hub.repositories['anna/vit']!);
/** Files and links below the folder of the repository. */
const kept = () =>
  readdirSync(repository(), { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(repository(), path)).isDirectory())
    .sort();

describe('downloadFromHub', () => {
  it('has the layout of huggingface_hub, and nothing that was not asked for', async () => {
    const model = await get('hf:anna/vit');
    expect(model).toEqual({
      path: join(repository(), 'snapshots', commit(), 'model.safetensors'),
      repository: 'anna/vit',
      commit: commit(),
    });
    expect(hashOf(model.path)).toBe(sha256(weights));
    const digests = [sha256(weights), gitHash(config), gitHash(files['preprocessor_config.json'])];
    const names = ['config.json', 'model.safetensors', 'preprocessor_config.json'];
    expect(kept()).toEqual(
      [
        ...digests.map((digest) => `blobs/${digest}`),
        'refs/main',
        ...names.map((name) => `snapshots/${commit()}/${name}`),
      ].sort(),
    );
    expect(readlinkSync(model.path)).toBe(`../../blobs/${sha256(weights)}`);
    expect(readFileSync(join(repository(), 'refs/main'), 'utf8')).toBe(commit());
  });

  it('downloads nothing twice, and asks for nothing offline', async () => {
    const model = await get('hf:anna/vit@v1');
    hub.requests.length = 0;
    expect(await get('hf:anna/vit@v1')).toEqual(model);
    expect(hub.requests).toEqual(['GET /api/models/anna/vit/revision/v1']);
    expect(await get('hf:anna/vit@v1', { offline: true })).toEqual(model);
    expect(await get(`hf:anna/vit@${commit()}`, { offline: true })).toEqual(model);
    expect(hub.requests.length).toBe(1);
    // the same content at another commit is linked
    hub.repositories['anna/vit']!.files = { ...files, 'config.json': text('{"hidden_size": 24}') };
    const later = await get('hf:anna/vit@v1');
    expect(later.commit).not.toBe(model.commit);
    expect(hub.requests.filter((request) => request.startsWith('CDN'))).toEqual([]);
    expect((await get('hf:anna/vit@v1', { offline: true })).commit).toBe(later.commit);
  });

  it('takes the file that is named, with the configuration beside it', async () => {
    const nested = { ...files, 'b/config.json': text('{"b": 1}'), 'b/model 7%.pth': large(5000, 13) };
    hub.repositories['anna/vit']!.files = nested;
    const { path } = await get('hf:anna/vit@refs/pr/3:b/model 7%.pth');
    expect(new Uint8Array(readFileSync(path))).toEqual(nested['b/model 7%.pth']);
    expect(readdirSync(dirname(path)).sort()).toEqual(['config.json', 'model 7%.pth']);
    expect(readFileSync(join(repository(), 'refs/refs/pr/3'), 'utf8')).toBe(commit());
  });

  it('takes the shards of an index', async () => {
    const index = text(
      JSON.stringify({ weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' } }),
    );
    const shards = { 'model-1.safetensors': large(4001, 3), 'model-2.safetensors': large(4003, 5) };
    hub.repositories['anna/vit']!.files = {
      'model.safetensors.index.json': index,
      ...shards,
      'other.bin': large(4007, 7),
    };
    const progress: number[] = [];
    const { path } = await get('hf:anna/vit', { onProgress: ({ done, total }) => progress.push(done / total) });
    expect(readdirSync(dirname(path)).sort()).toEqual([...Object.keys(shards), 'model.safetensors.index.json'].sort());
    expect(progress.at(-1)).toBe(1);
    rmSync(join(dirname(path), 'model-2.safetensors'));
    await expect(get('hf:anna/vit', { offline: true })).rejects.toThrow('must be in ');
    for (const [name, message] of [
      ['../../../evil', /must name shards in its own folder, got \.\./],
      ['/etc/passwd', /must name shards in its own folder, got \/etc/],
      [
        'none.safetensors',
        /^hf:anna\/vit: model.safetensors.index.json must name files that are there, got none.safetensors$/,
      ],
    ] as const) {
      const hostile = text(JSON.stringify({ weight_map: { a: name } }));
      hub.repositories['anna/vit']!.files = { 'model.safetensors.index.json': hostile };
      await expect(get('hf:anna/vit')).rejects.toThrow(message);
    }
  });

  it('tells how far it is', async () => {
    const seen: { file: string; done: number; total: number }[] = [];
    await get('hf:anna/vit', { onProgress: (progress) => seen.push(progress) });
    const total = weights.length + config.length + 2;
    expect(seen.at(-1)).toEqual({ file: 'model.safetensors', done: total, total });
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((one, other) => one - other));
    expect(seen.every((progress) => progress.total === total)).toBe(true);
  });

  it('sends the token to the hub alone', async () => {
    hub.repositories['anna/vit']!.private = true;
    await get('hf:anna/vit', { token: hub.token }); // the content network would refuse it
    await expect(get('hf:anna/vit')).rejects.toThrow(
      `hf:anna/vit: there must be such a repository, got 401 RepoNotFound Repository not found; check its name, or set HF_TOKEN if it is private`,
    );
  });
});

describe('a broken connection', () => {
  it('goes on where it broke', async () => {
    hub.breaks = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 100_000, 50_000];
    const { path } = await get('hf:anna/vit');
    expect(hashOf(path)).toBe(sha256(weights));
    const contents = hub.requests.filter((request) => request.startsWith('CDN'));
    const at = contents.map((request) => Number(/bytes=(\d+)-/.exec(request)?.[1] ?? 0));
    expect(at.length).toBe(3);
    expect(at[1]).toBeGreaterThan(0); // what had arrived when it broke
    expect(at).toEqual(at.toSorted((one, other) => one - other));
  });

  it('goes on in the next run, also where a process was killed', async () => {
    hub.breaks = [...Array(2).fill(Number.POSITIVE_INFINITY), 120_000, 0];
    await expect(get('hf:anna/vit', { retries: 0 })).rejects.toThrow(
      /^hf:anna\/vit: http:\S+ must be reachable, got [^;\n]+; check the network and try again$/,
    );
    const draft = join(repository(), 'blobs', `${sha256(weights)}.node.incomplete`);
    const { length } = readFileSync(draft);
    expect(length).toBeGreaterThan(0);
    expect(existsSync(join(repository(), 'refs'))).toBe(false);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(`${draft}.lock`, JSON.stringify({ pid, host: hostname() })); // as a killed process leaves it
    hub.requests.length = 0;
    const { path } = await get('hf:anna/vit');
    expect(hashOf(path)).toBe(sha256(weights));
    expect(hub.requests.at(-1)).toBe(`CDN /${sha256(weights)} [bytes=${length}-]`);
    expect(existsSync(draft)).toBe(false);
  });

  it('begins anew where the server knows no ranges, or the beginning was of something else', async () => {
    const draft = join(repository(), 'blobs', `${sha256(weights)}.node.incomplete`);
    mkdirSync(dirname(draft), { recursive: true });
    for (const ranges of [false, true]) {
      hub.ranges = ranges;
      writeFileSync(draft, large(1000, 17));
      const { path } = await get('hf:anna/vit');
      expect(hashOf(path)).toBe(sha256(weights));
      rmSync(repository(), { recursive: true });
      mkdirSync(dirname(draft), { recursive: true });
    }
  });

  it('keeps what is there when it is stopped', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const stopped = get('hf:anna/vit', {
      signal: abort.signal,
      onProgress: ({ done }) => {
        if (done > 1000) abort.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    const left = kept();
    expect(left.filter((path) => path.endsWith('.incomplete'))).toHaveLength(1);
    expect(left.filter((path) => /lock|refs/.test(path))).toEqual([]);
    await get('hf:anna/vit');
    expect(kept().filter((path) => path.endsWith('.incomplete'))).toEqual([]);
    abort.abort();
    await expect(get('hf:anna/vit', { signal: abort.signal })).rejects.toBe(reason);
  });

  it('is one download for all who ask at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => get('hf:anna/vit')));
    expect(new Set(all.map(({ path }) => path)).size).toBe(1);
    expect(hub.requests.filter((request) => request.startsWith('CDN'))).toHaveLength(1);
    expect(kept().some((path) => /lock|incomplete/.test(path))).toBe(false);
  });
});

describe('what goes wrong is one line, and nothing half is kept', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'gated',
      () => {
        hub.repositories['anna/vit']!.gated = true;
        return get('hf:anna/vit');
      },
      /^hf:anna\/vit: its conditions must be accepted first, got 401 GatedRepo Access [^;]+; accept them at http:\S+\/anna\/vit and set HF_TOKEN$/,
    ],
    [
      'absent repository',
      () => get('hf:anna/none'),
      /^hf:anna\/none: there must be such a repository, got 401 RepoNotFound /,
    ],
    [
      'absent repository, for somebody known',
      () => get('hf:anna/none', { token: hub.token }),
      /^hf:anna\/none: there must be such a repository, got 404 RepoNotFound .*; check its name, or the token of its owner$/,
    ],
    [
      'absent file',
      () => get('hf:anna/vit:nothing.pth'),
      /^hf:anna\/vit:nothing.pth: there must be a file nothing.pth, got \[README.md, config.json, model.safetensors, /,
    ],
    [
      'absent revision',
      () => get('hf:anna/vit@v9'),
      /^hf:anna\/vit@v9: there must be a revision v9, got 404 RevisionNotFound Invalid rev id: v9; see http:\S+\/anna\/vit\/tree\/main$/,
    ],
    [
      'unknown token',
      () => get('hf:anna/vit', { token: 'hf_old' }),
      /^hf:anna\/vit: the token must be valid, got 401 Invalid credentials in Authorization header; make a new one at /,
    ],
    [
      'a token of two words',
      () => get('hf:anna/vit', { token: 'a b' }),
      /^HF_TOKEN: must be one word, got something else; /,
    ],
    [
      'no network',
      () => get('hf:anna/vit', { endpoint: 'http://127.0.0.1:9' }),
      /^hf:anna\/vit: http:\/\/127.0.0.1:9 must be reachable, got [^;]+; check the network and try again$/,
    ],
    [
      'offline and not cached',
      () => get('hf:anna/vit', { offline: true }),
      /^hf:anna\/vit: its weights must be in .*models--anna--vit to be used offline, got nothing of the revision main; download them first, without HF_HUB_OFFLINE$/,
    ],
    [
      'a page instead of an answer',
      () => {
        hub.answer = (_, response) => !!response.end('<html>Log in to the train</html>');
        return get('hf:anna/vit');
      },
      /^hf:anna\/vit: http:\S+ must answer as the Hugging Face Hub does, got Unexpected token [^\n]*; check the network, and HF_ENDPOINT/,
    ],
    [
      'a server out of order',
      () => {
        hub.answer = (_, response) => !!response.writeHead(503).end();
        return get('hf:anna/vit');
      },
      /^hf:anna\/vit: http:\S+ must answer, got 503 Service Unavailable; try again later$/,
    ],
    [
      'another hash',
      () => {
        hub.tamper = (content) => Uint8Array.from(content, (byte, i) => (i === 5 ? byte ^ 1 : byte));
        return get('hf:anna/vit');
      },
      /^hf:anna\/vit: http:\S+model.safetensors must give 300007 bytes of hash [0-9a-f]{64}, got [0-9a-f]{64}; nothing was kept/,
    ],
    [
      'too short',
      () => {
        hub.tamper = (content) => content.subarray(0, 1000);
        return get('hf:anna/vit');
      },
      /must give 300007 bytes of hash [0-9a-f]{64}, got 1000 bytes; nothing was kept/,
    ],
    [
      'too long',
      () => {
        hub.tamper = (content) => large(content.length + 5000, 7);
        return get('hf:anna/vit');
      },
      /must give 300007 bytes of hash [0-9a-f]{64}, got \d+ bytes; nothing was kept/,
    ],
    [
      'several files of weights',
      () => {
        hub.repositories['anna/vit']!.files = { 'a.pth': weights, 'b.pth': weights };
        return get('hf:anna/vit');
      },
      /^hf:anna\/vit: there must be one file of weights: safetensors, PyTorch or npz, got \[a.pth, b.pth\]; name one: hf:anna\/vit:<file>$/,
    ],
    [
      'no weights',
      () => {
        hub.repositories['anna/vit']!.files = { 'README.md': config };
        return get('hf:anna/vit');
      },
      /there must be one file of weights: safetensors, PyTorch or npz, got \[README.md\]$/,
    ],
  ])('%s', async (_, act, message) => {
    await expect(act()).rejects.toThrow(message);
    const left = existsSync(repository()) ? kept().filter((path) => /incomplete|model|refs|lock/.test(path)) : [];
    expect(left).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('a full disk', async () => {
    const draft = join(repository(), 'blobs', `${sha256(weights)}.node.incomplete`);
    mkdirSync(dirname(draft), { recursive: true });
    symlinkSync('/dev/full', draft);
    await expect(get('hf:anna/vit')).rejects.toThrow(
      /^hf:anna\/vit: .*incomplete must be writable, got ENOSPC[^;]*; choose another place, or free some space$/,
    );
    expect(kept().filter((path) => /incomplete|model|refs|lock/.test(path))).toEqual([]);
  });

  it('uses what is cached where there is no network, and says so', async () => {
    const model = await get('hf:anna/vit');
    const warnings: string[] = [];
    const asked = { endpoint: 'http://127.0.0.1:9', onWarning: (message: string) => warnings.push(message) };
    expect(await get('hf:anna/vit', asked)).toEqual(model);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^hf:anna\/vit: http:\/\/127.0.0.1:9 must be reachable, got [^;\n]+; using commit [0-9a-f]{12} from the cache$/,
      ),
    ]);
  });
});
