// The machine that a report was made on.

import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** Facts for a report's "how this was made": processor, cores, memory, system, Node, and the most memory this process held. */
export function machineFacts(): { label: string; value: string }[] {
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  const peakKilobytes = process.resourceUsage().maxRSS;
  return [
    { label: 'Processor', value: processor === '' ? 'unknown' : processor },
    { label: 'Cores', value: String(availableParallelism()) },
    { label: 'Memory', value: gibibytes(totalmem()) },
    { label: 'System', value: `${platform()} ${release()} ${arch()}` },
    { label: 'Node', value: process.version },
    { label: 'Peak memory', value: gibibytes(peakKilobytes * 1024) },
  ];
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
