// Names of event files.

/**
 * `events.out.tfevents.<seconds>.<host>.<process>`. TensorBoard reads the files of a folder in the order of their names, so a file
 * that goes on with a run needs a later second than all before it, whatever the clock says.
 */
export function eventFileName(
  existing: readonly string[],
  { seconds, host, processId }: { seconds: number; host: string; processId: number },
): string {
  const taken = existing.map((name) => Number(name.match(/\.tfevents\.(\d{1,12})(?:\.|$)/)?.[1] ?? -1));
  const second = Math.max(Math.floor(seconds), ...taken.map((other) => other + 1));
  return `events.out.tfevents.${String(second).padStart(10, '0')}.${host.replace(/[^\w.-]/g, '_')}.${processId}`;
}
