// Pickles of Python 2 and of old protocols, which no program at hand writes any more; those of today are in containers.test.ts.

import { describe, expect, it } from 'vitest';

import { dictionary, pickleOf, text } from '../__fixtures__/pickle-of';
import { tensorTree } from '../pytorch/tensor-tree';
import { unpickle } from './unpickle';

function plain(...parts: string[]): unknown {
  const { value } = unpickle('a file', pickleOf(...parts));
  const storageOf = () => {
    throw new Error('no storages here');
  };
  return tensorTree({ where: 'a file', fileBytes: 1000, storageOf }, value).extras.value;
}

describe('unpickle', () => {
  it.each<[string, string, unknown]>([
    ['None', 'N', null],
    ['booleans of protocol 2, and of 1', '(\x88\x89I01\nI00\nt', [true, false, true, false]],
    ['small integers', '(K\xffM\xff\xffJ\xff\xff\xff\xfft', [255, 65535, -1]],
    ['integers in digits, with the L of Python 2', '(I-12\nL34L\nL9007199254740993L\nt', [-12, 34, '9007199254740993']],
    [
      'integers in bytes',
      '(\x8a\0\x8a\x01\xff\x8a\x02\x00\x80\x8b\x09\0\0\0\0\0\0\0\0\0\0\0\x01t',
      [0, -1, -32768, String(2n ** 64n)],
    ],
    ['floats, which are big-endian', 'G\xbf\xe0\0\0\0\0\0\0', -0.5],
    ['text of Python 3, in UTF-8', 'X\x03\0\0\0\xe2\x82\xac', '€'],
    ['text of Python 2, byte by byte', '(U\x03a\xe9\x80T\x01\0\0\0bt', ['a\xe9\x80', 'b']],
    ['bytes', 'C\x03abc', { class: 'bytes', length: 3 }],
    ['an empty bytes of Python 3 in protocol 2', 'c__builtin__\nbytes\n)R', { class: 'bytes', length: 0 }],
    [
      'bytes of Python 3 in protocol 2',
      `c_codecs\nencode\n${text('\xc3\xa9')}${text('latin1')}\x86R`,
      { class: 'bytes', length: 1 },
    ],
    ['a set', 'c__builtin__\nset\n](K\x01K\x02e\x85R', [1, 2]],
    ['an object of an old class', '(cmodule\nOld\nK\x01K\x02o', { class: 'module.Old', args: [1, 2] }],
    [
      'an object with named parameters',
      `cm\nC\n(K\x01t${dictionary({ a: 'K\x02' })}\x92`,
      { class: 'm.C', args: [1, { a: 2 }] },
    ],
    ['an object with slots', `cm\nC\n)\x81N${dictionary({ a: 'K\x02' })}\x86b`, { class: 'm.C', a: 2 }],
    ['an object with another state', 'cm\nC\n)\x81K\x07b', { class: 'm.C', state: 7 }],
    ['a list with more of a class', 'cm\nC\n)\x81(K\x01K\x02e', { class: 'm.C', appended: [1, 2] }],
    ['a dictionary with more of a class', `cm\nC\n)\x81${text('k')}K\x01s`, { class: 'm.C', items: { k: 1 } }],
    ['values that are kept and dropped', '(K\x01q\x05K\x0200h\x052t', [1, 1]],
    ['values that are dropped to a mark', 'K\x03(K\x01K\x021', 3],
  ])('reads %s', (_, pickle, value) => {
    expect(plain(`(${pickle}t`)).toEqual([value]);
  });

  it('reads the OrderedDict of Python 2 and 3, a defaultdict and a Counter', () => {
    const pairs = `](](U\x01aK\x01e](U\x01bK\x02ee\x85R`;
    expect(plain(`(ccollections\nOrderedDict\n${pairs}t`)).toEqual([{ a: 1, b: 2 }]);
    expect(plain(`(ccollections\nOrderedDict\n)R(U\x01aK\x01U\x01bK\x02ut`)).toEqual([{ a: 1, b: 2 }]);
    expect(plain(`(ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R${text('k')}]st`)).toEqual([{ k: [] }]);
    expect(plain(`(ccollections\nCounter\n${dictionary({ a: 'K\x03' })}\x85Rt`)).toEqual([{ a: 3 }]);
  });

  it('says where a pickle ends, and what is outside of it', () => {
    const pickle = pickleOf(`${text('a storage')}Q`);
    const { end, references } = unpickle('a file', Buffer.concat([pickle, Buffer.from('more')]));
    expect([end, references]).toEqual([pickle.length, [{ kind: 'reference', id: 'a storage' }]]);
  });
});
