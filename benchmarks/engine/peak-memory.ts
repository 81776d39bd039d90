// What a process holds, from the kernel's own books.

import { existsSync, readFileSync } from 'node:fs';

const status = '/proc/self/status';

/** The most that this process has ever held, in MB of 2^20 bytes; null where the system does not tell (only Linux does). */
export function peakMegabytes(): number | null {
  return line('VmHWM');
}

/** What this process holds now, in MB of 2^20 bytes. */
export function residentMegabytes(): number | null {
  return line('VmRSS');
}

function line(name: string): number | null {
  if (!existsSync(status)) return null;
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(status, 'utf8'))?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}
