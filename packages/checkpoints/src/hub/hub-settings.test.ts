import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hubSettings } from './hub-settings';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'semmae-home-'));
  writeFileSync(join(home, 'token'), 'hf_of_a_file\n');
});
afterAll(() => rmSync(home, { recursive: true }));

describe('hubSettings', () => {
  it('are those of huggingface_hub', () => {
    expect(hubSettings({}, {}, '/home/anna')).toEqual({
      endpoint: 'https://huggingface.co',
      cacheFolder: '/home/anna/.cache/huggingface/hub',
      token: undefined,
      offline: false,
    });
  });

  it.each([
    [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x', HF_HOME: '~/h' }, '/home/anna/h/hub'],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old' }, '/old'],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old', HF_HUB_CACHE: '/new' }, '/new'],
    [{ HF_HOME: '' }, '/home/anna/.cache/huggingface/hub'],
  ])('%j keeps files in %s', (environment, folder) => {
    expect(hubSettings({}, environment, '/home/anna').cacheFolder).toBe(folder);
    expect(hubSettings({ cacheFolder: '/here' }, environment, '/home/anna').cacheFolder).toBe('/here');
  });

  it('takes the token from the environment or a file', () => {
    const tokenOf = (environment: Record<string, string>) => hubSettings({}, environment, '/home/anna').token;
    expect(tokenOf({ HF_TOKEN: ' hf_a\n', HF_HOME: home })).toBe('hf_a');
    expect(tokenOf({ HF_HOME: home })).toBe('hf_of_a_file');
    expect(tokenOf({ HF_TOKEN_PATH: join(home, 'token') })).toBe('hf_of_a_file');
    expect(tokenOf({ HF_TOKEN_PATH: join(home, 'none'), HF_HOME: home })).toBeUndefined();
    expect(hubSettings({ token: '' }, { HF_TOKEN: 'hf_a' }).token).toBeUndefined();
  });

  it('takes the endpoint and offline mode from the environment', () => {
    expect(hubSettings({}, { HF_ENDPOINT: 'http://mirror/' }).endpoint).toBe('http://mirror');
    for (const [value, offline] of [
      ['1', true],
      ['YES', true],
      ['0', false],
      ['', false],
    ] as const) {
      expect(hubSettings({}, { HF_HUB_OFFLINE: value }).offline).toBe(offline);
    }
  });
});
