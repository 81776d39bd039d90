// A Chromium that is installed already, without a window.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const macPaths = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** The executable: $CHROME_PATH, or one of the usual names on $PATH. Undefined where there is none. */
export function findChromium(): string | undefined {
  const { CHROME_PATH, PATH = '' } = process.env;
  if (CHROME_PATH !== undefined) return CHROME_PATH;
  const paths = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...paths, ...macPaths].find((path) => existsSync(path));
}

/** Opens a page, WebGPU on Chromium's own software device. `close` ends the browser and forgets its profile. */
export function openPage(executable: string, url: string): { close(): Promise<void> } {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const browser: ChildProcess = spawn(
    executable,
    [
      '--headless=new',
      '--no-sandbox', // it refuses to start for root, and containers have no other user
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      `--user-data-dir=${profile}`,
      url,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => {
    browser.once('exit', () => resolve());
    browser.once('error', () => resolve());
  });
  return {
    async close() {
      browser.kill();
      await ended;
      await forget(profile);
    },
  };
}

/** Removes the folder; children of the browser outlive it for a moment and still write there. */
async function forget(profile: string): Promise<void> {
  for (let triesLeft = 50; ; triesLeft--) {
    try {
      rmSync(profile, { recursive: true, force: true });
      return;
    } catch (error) {
      if (triesLeft === 0) throw error;
      await delay(100); // milliseconds
    }
  }
}
