import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { commitOf, type HubServer, startHubServer } from './__fixtures__/hub-server';
import { type HubDatasetOptions, openHubDataset } from './open-hub-dataset';

const table = Uint8Array.from({ length: 300_007 }, (_, i) => (i * 7) % 251);
const files = { 'README.md': new Uint8Array(3), 'data/a b.parquet': table, 'data/train.tar': new Uint8Array(5000) };

let hub: HubServer;
beforeEach(async () => {
  hub = await startHubServer({ 'anna/cars': { kind: 'dataset', files, revisions: ['v1', 'refs/convert/parquet'] } });
});
afterEach(() => hub.close());

const open = (address: string, options: HubDatasetOptions = {}) =>
  openHubDataset(address, { endpoint: hub.endpoint, token: '', offline: false, ...options });

describe('openHubDataset', () => {
  it('lists the files of a commit, and reads ranges of them alone', async () => {
    const { commit, paths, open: openFile } = await open('hf:anna/cars@refs/convert/parquet:train');
    expect(commit).toBe(commitOf(hub.repositories['anna/cars']!));
    expect(paths).toEqual(Object.keys(files)); // over several pages, without folders
    hub.requests.length = 0;
    const source = await openFile('data/a b.parquet');
    expect(source.size).toBe(table.length);
    expect(new Uint8Array(await source.bytes(70_001, 131_073))).toEqual(table.subarray(70_001, 70_001 + 131_073));
    expect(hub.requests.filter((request) => request.startsWith('GET'))).toEqual([
      `GET /datasets/anna/cars/resolve/${commit}/data/a b.parquet [bytes=0-0]`,
      `GET /datasets/anna/cars/resolve/${commit}/data/a b.parquet [bytes=70001-201073]`,
    ]);
    source.close();
  });

  it('sends the token to the hub and not on to its content network', async () => {
    hub.repositories['anna/cars']!.private = true;
    await expect(open('hf:anna/cars')).rejects.toThrow(/must be such a repository, got 401/);
    const source = await (await open('hf:anna/cars', { token: hub.token })).open('data/train.tar');
    expect((await source.bytes(0, 5)).byteLength).toBe(5); // the network of the fixture refuses tokens
    source.close();
  });

  it('reads a range again where the connection breaks', async () => {
    const source = await (await open('hf:anna/cars')).open('data/a b.parquet');
    hub.breaks.push(40_000);
    expect(new Uint8Array(await source.bytes(0, 200_000))).toEqual(table.subarray(0, 200_000));
    source.close();
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const source = await (await open('hf:anna/cars', { signal: stop.signal })).open('data/a b.parquet');
    stop.abort(new Error('enough'));
    await expect(source.bytes(0, 200_000)).rejects.toThrow('enough');
  });

  it.each([
    ['a model', 'hf:anna/none', /^hf:anna\/none: there must be such a repository, got 401 RepoNotFound/],
    [
      'a revision that is not there',
      'hf:anna/cars@v9',
      /there must be a revision v9, .*\/datasets\/anna\/cars\/tree\/main$/,
    ],
  ])('names %s', async (_, address, message) => {
    await expect(open(address)).rejects.toThrow(message);
  });

  it('says that a data set needs the network', async () => {
    await expect(open('hf:anna/cars', { offline: true })).rejects.toThrow(
      'hf:anna/cars: a data set on the hub must be read over the network, got HF_HUB_OFFLINE; unset it, or name a folder that has its files',
    );
  });
});
