import { describe, expect, it } from 'vitest';

import known from './__fixtures__/numpy-arrays.json';
import { npyHeader, readNpy } from './npy';

describe('readNpy', () => {
  it.each(['float32', 'float64', 'float64 in Fortran order', 'float32 in Fortran order', 'format 2.0'] as const)(
    'reads %s as NumPy wrote it',
    (name) => {
      const { shape, file } = known.files[name];
      const array = readNpy(Buffer.from(file, 'base64'), name);
      expect(array.shape).toEqual(shape);
      expect([...array.values]).toEqual(known.values); // quarters are exact in float32
      expect(array.values).toBeInstanceOf(name.startsWith('float64') ? Float64Array : Float32Array);
    },
  );

  it.each([
    ['float32', {}],
    ['float64', { type: '<f8' }],
    ['float64 in Fortran order', { type: '<f8', columnMajor: true }],
    ['float32 in Fortran order', { columnMajor: true }],
  ] as const)('has the header of NumPy for %s', (name, format) => {
    const { shape, file } = known.files[name];
    const header = npyHeader(shape, format);
    expect(Buffer.from(header)).toEqual(Buffer.from(file, 'base64').subarray(0, header.length));
    expect(header.length % 64).toBe(0);
  });

  it('refuses what it cannot read, in one line', () => {
    const bytes = Buffer.from(known.files.float32.file, 'base64');
    expect(() => readNpy(Buffer.from('not from NumPy'), 'a.npy')).toThrow(
      'readNpy: a.npy must be an array saved by NumPy',
    );
    expect(() => readNpy(bytes.subarray(0, 3), 'a.npy')).toThrow('must be an array saved by NumPy');
    expect(() => readNpy(bytes.subarray(0, -1), 'a.npy')).toThrow('a.npy must have 248 bytes, got 247');
    expect(() => readNpy(bytes.subarray(0, 60), 'a.npy')).toThrow('a.npy must have');
    for (const name of ['int32', 'big-endian'] as const) {
      expect(() => readNpy(Buffer.from(known.files[name].file, 'base64'), name)).toThrow(
        `${name} must hold little-endian float32 or float64, got ${name === 'int32' ? '<i4' : '>f4'}`,
      );
    }
  });
});
