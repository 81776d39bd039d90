// The seeded generator behind tfjs's random numbers.

/**
 * Numbers in [0, 1), the same for the same seed: Johannes Baagøe's Alea, a multiply-with-carry generator on three fractions,
 * as tfjs's CPU backend uses it (seedrandom's `alea`). https://github.com/nquinlan/better-random-numbers-for-javascript-mirror
 */
export function alea(seed: string): () => number {
  const mash = createMash();
  const state = [mash(' '), mash(' '), mash(' ')];
  state.forEach((fraction, index) => {
    const next = fraction - mash(seed);
    state[index] = next < 0 ? next + 1 : next;
  });
  let [first, second, third] = state as [number, number, number];
  let carry = 1;
  return () => {
    const sum = 2091639 * first + carry * 2 ** -32;
    [first, second] = [second, third];
    carry = Math.trunc(sum);
    third = sum - carry;
    return third;
  };
}

/** Baagøe's hash: every character changes a running state, which is read as a fraction of 2^32. */
function createMash(): (text: string) => number {
  let state = 0xefc8249d;
  return (text) => {
    for (const character of text) {
      state += character.charCodeAt(0);
      let stirred = 0.02519603282416938 * state;
      state = stirred >>> 0;
      stirred = (stirred - state) * state;
      state = stirred >>> 0;
      state += (stirred - state) * 2 ** 32;
    }
    return (state >>> 0) * 2 ** -32;
  };
}
