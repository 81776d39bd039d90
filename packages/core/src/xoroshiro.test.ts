import fc from 'fast-check';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';

import { createRng, restoreRng } from './create-rng';

const words = fc.array(fc.integer(), { minLength: 4, maxLength: 4 });

function streams(state: readonly number[]) {
  const isZero = state.every((word) => word === 0);
  return {
    rng: restoreRng({ key: [2, 3, 5, 7], words: state }),
    peer: isZero ? xoroshiro128plus(1) : xoroshiro128plusFromState(state),
  };
}

describe('streams against pure-rand', () => {
  it('begin with the numbers of an independent writing of the generator', () => {
    // 64-bit integers, from the authors' page: rotl(s0, 24), a shift by 16, rotl(s1, 37); the lower half is drawn.
    const mask = 2n ** 64n - 1n;
    const rotl = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & mask;
    fc.assert(
      fc.property(words, (state) => {
        const { rng } = streams(state);
        let [s0, s1] = [0, 2].map((at) => {
          const saved = rng.state().words;
          return (BigInt(saved[at]! >>> 0) << 32n) | BigInt(saved[at + 1]! >>> 0);
        }) as [bigint, bigint];
        for (let draw = 0; draw < 7; draw++) {
          const low = Number((s0 + s1) & 0xffffffffn) | 0;
          expect(rng.integer(2 ** 32)).toBe(low + 2 ** 31);
          s1 ^= s0;
          s0 = rotl(s0, 24n) ^ s1 ^ ((s1 << 16n) & mask);
          s1 = rotl(s1, 37n);
        }
      }),
    );
  });

  it('draw the same uniforms, integers of any bound, and end in the same state', () => {
    const bound = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(words, fc.array(fc.option(bound), { maxLength: 41 }), (state, bounds) => {
        const { rng, peer } = streams(state);
        for (const drawn of bounds) {
          if (drawn === null) expect(rng.uniform()).toBe(uniformFloat64(peer));
          else expect(rng.integer(drawn)).toBe(uniformInt(peer, 0, drawn - 1));
        }
        expect(rng.state()).toEqual({ key: [2, 3, 5, 7], words: peer.getState() });
      }),
      { numRuns: 300 },
    );
  });

  it.each([3 * 2 ** 30, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33])(
    'reject as often below %i, where half of the words may be refused',
    (bound) => {
      const { rng, peer } = streams([11, -13, 17, -19]);
      for (let draw = 0; draw < 1000; draw++) expect(rng.integer(bound)).toBe(uniformInt(peer, 0, bound - 1));
    },
  );

  it('shuffle and permute by the same draws', () => {
    const { rng, peer } = streams([23, 29, 31, 37]);
    const expected = Array.from({ length: 53 }, (_, index) => index);
    for (let last = 52; last > 0; last--) {
      const other = uniformInt(peer, 0, last);
      [expected[last], expected[other]] = [expected[other]!, expected[last]!];
    }
    expect([...rng.permutation(53)]).toEqual(expected);
    expect(rng.state().words).toEqual(peer.getState());
  });
});

// Recorded from the first release of this package, so that saved seeds keep their meaning.
describe('streams over releases', () => {
  it('stay what they were', () => {
    const rng = createRng(20_240_607);
    expect([rng.uniform(), rng.integer(196)]).toEqual([0.4815455786915077, 74]);
    expect(rng.normal()).toBeCloseTo(0.5161183977243722, 14); // logarithm and cosine may differ in the last place
    expect([...rng.permutation(7)]).toEqual([1, 6, 0, 5, 4, 2, 3]);
    expect(rng.split('mask', 3, -5, 2 ** 40, 'été 🎲').state()).toEqual({
      key: [-2122141027, -1036120451, -869614614, 1354121840],
      words: [1779253144, 745076681, 540887718, -917212634],
    });
    expect(createRng(-1).state()).toEqual({
      key: [-1672420830, -42147861, 1613148502, 440083116],
      words: [-18771888, 1939757101, 140152364, -907431728],
    });
  });
});
