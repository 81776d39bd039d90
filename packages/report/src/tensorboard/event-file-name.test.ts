import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { eventFileName } from './event-file-name';

const here = { host: 'host.example', processId: 71 };

describe('eventFileName', () => {
  it('holds second, host and process', () => {
    expect(eventFileName([], { seconds: 1_795_000_000.9, ...here })).toBe(
      'events.out.tfevents.1795000000.host.example.71',
    );
    expect(eventFileName([], { seconds: 5, ...here })).toBe('events.out.tfevents.0000000005.host.example.71');
  });

  it('has no characters that file systems refuse', () => {
    const name = eventFileName([], { seconds: 5, host: 'ä/b:c', processId: 1 });
    expect(name).toBe('events.out.tfevents.0000000005.__b_c.1');
  });

  it('comes after every file that is there, by name, even of other writers and of a clock that was wrong', () => {
    const second = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(fc.array(second), second, (taken, seconds) => {
        const existing = taken.map((other) => `events.out.tfevents.${String(other).padStart(10, '0')}.zz.99999.0.v2`);
        const name = eventFileName(existing, { seconds, ...here });
        expect([...existing, name].sort().at(-1)).toBe(name);
      }),
    );
  });

  it('passes over files that are something else', () => {
    expect(eventFileName(['metrics.jsonl', 'x.tfevents.backup'], { seconds: 5, ...here })).toContain('.0000000005.');
  });
});
