import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { openTensorFile } from '../open-tensor-file';
import { bufferSource } from '../sources/blob-source';
import known from './__fixtures__/numpy-arrays.json';
import { npyHeader } from './npy-header';

describe('npyHeader', () => {
  it.each([
    ['float32', {}],
    ['float64', { type: '<f8' }],
    ['float64 in Fortran order', { type: '<f8', columnMajor: true }],
    ['float32 in Fortran order', { columnMajor: true }],
  ] as const)('is that of NumPy for %s, whose values are read', async (name, format) => {
    const { shape, file } = known.files[name];
    const bytes = Buffer.from(file, 'base64');
    const header = npyHeader(shape, format);
    expect(Buffer.from(header)).toEqual(bytes.subarray(0, header.length));
    expect(header.length % 64).toBe(0);
    const values = await (await openTensorFile(bufferSource(bytes))).read('array');
    expect(values).toBeInstanceOf(name.startsWith('float64') ? Float64Array : Float32Array);
    expect([...values]).toEqual(known.values); // quarters are exact in float32
  });

  it('makes a file of any shape that is read back', async () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, n) => n);
        const bytes = Buffer.concat([npyHeader(shape), new Uint8Array(values.buffer)]);
        const file = await openTensorFile(bufferSource(bytes));
        expect(file.entries.get('array')).toEqual({ dtype: 'F32', shape });
        expect(await file.read('array')).toEqual(values);
      }),
    );
  });
});
