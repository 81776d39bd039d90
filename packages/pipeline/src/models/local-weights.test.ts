import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type HubServer, startHubServer } from '../../../checkpoints/src/hub/__fixtures__/hub-server';
import { Interrupted } from '../runs/interrupted';
import type { StageReport } from '../runs/stage-options';
import { localWeights } from './local-weights';

let hub: HubServer;
let cache: string;
const weights = Uint8Array.from({ length: 2_500_000 }, (_, i) => i % 251);
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'semmae-hub-'));
  hub = await startHubServer({ 'anna/vit': { files: { 'model.safetensors': weights } } });
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('HF_HUB_CACHE', cache);
  vi.stubEnv('HF_TOKEN', hub.token);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  rmSync(cache, { recursive: true });
});

describe('localWeights', () => {
  it('leaves paths alone', async () => {
    expect(await localWeights('hf/model.safetensors')).toBe('hf/model.safetensors');
  });

  it('downloads what is on the hub, in megabytes', async () => {
    const reports: StageReport[] = [];
    const path = await localWeights('hf:anna/vit', { onProgress: (report) => reports.push(report) });
    expect(Buffer.compare(readFileSync(path), weights)).toBe(0);
    expect(reports[0]).toMatchObject({ title: 'Downloading hf:anna/vit', done: 0, total: 3, unit: 'MB' });
    expect(reports.at(-1)).toMatchObject({ done: 3, total: 3 });
  });

  it('is interrupted as stages are', async () => {
    const abort = new AbortController();
    const stopped = localWeights('hf:anna/vit', { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(stopped).rejects.toThrow(Interrupted);
  });
});
