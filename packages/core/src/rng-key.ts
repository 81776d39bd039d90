// Names of random streams: four words, into which seeds and keys are hashed (MurmurHash3's finalizer over a running sum, as
// splitmix does).

export type RngKey = number | string;

/** Four 32-bit words: the name of a stream, or where it begins. Kept as signed integers, which engines hold unboxed. */
export class KeyWords {
  readonly a: number = 0;
  readonly b: number = 0;
  readonly c: number = 0;
  readonly d: number = 0;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.d = d | 0;
  }
}

/** The words with one more key mixed in. */
export function absorb(words: KeyWords, key: RngKey): KeyWords {
  if (typeof key === 'number') return absorbPart(absorbPart(words, key | 0), Math.floor(key / 2 ** 32) | 0);
  let absorbed = absorbPart(words, 0x7374);
  for (let index = 0; index < key.length; index++) {
    const letter = key.codePointAt(index)!;
    absorbed = absorbPart(absorbed, letter);
    if (letter > 0xffff) index++; // two code units
  }
  return absorbed;
}

/** Each word sees every byte of the part and its neighbor. */
function absorbPart(words: KeyWords, part: number): KeyWords {
  const a = mix(words.a + part + 0x9e3779b9);
  const b = mix(words.b ^ a);
  const c = mix(words.c + b + 0x9e3779b9);
  const d = mix(words.d ^ c);
  return new KeyWords(mix(a + d), b, c, d);
}

/** MurmurHash3's 32-bit finalizer. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
