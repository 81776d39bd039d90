// Compiled sessions by graph structure, least recently used first out.

import type { RuntimeSession } from './onnx-runtime';

export interface SessionCache {
  get(key: string, create: () => RuntimeSession): RuntimeSession;
  readonly size: number;
  clear(): void;
}

/** A cache of at most `capacity` sessions; those that fall out are released. */
export function createSessionCache(capacity: number): SessionCache {
  const sessions = new Map<string, RuntimeSession>();
  return {
    get(key, create) {
      const session = sessions.get(key) ?? create();
      sessions.delete(key);
      sessions.set(key, session); // a Map iterates in insertion order: the first key is the oldest
      if (sessions.size > capacity) {
        const [oldest, released] = sessions.entries().next().value!;
        sessions.delete(oldest);
        released.release();
      }
      return session;
    },
    get size() {
      return sessions.size;
    },
    clear() {
      for (const session of sessions.values()) session.release();
      sessions.clear();
    },
  };
}
