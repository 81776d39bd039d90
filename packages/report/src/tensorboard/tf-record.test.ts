import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readRecords } from './__fixtures__/read-records';
import { tfRecord } from './tf-record';

describe('tfRecord', () => {
  // tensorboard 2.21.0: tensorboard.summary.writer.record_writer.RecordWriter
  it.each([
    ['', '000000000000000029039807d8ea82a2'],
    ['hello', '0500000000000000eab2043e68656c6c6fbb1f1c19'],
  ])('frames "%s" as TensorBoard does', (text, bytes) => {
    expect(Buffer.from(tfRecord(new TextEncoder().encode(text))).toString('hex')).toBe(bytes);
  });

  const someRecords = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });

  it('comes back whole, one record after the other', () => {
    fc.assert(
      fc.property(someRecords, (records) => {
        expect(readRecords(Buffer.concat(records.map(tfRecord)))).toEqual({ records, rest: 0 });
      }),
    );
  });

  it('loses the last record alone where a file is cut', () => {
    fc.assert(
      fc.property(someRecords, fc.nat(), (records, place) => {
        const file = Buffer.concat(records.map(tfRecord));
        const end = place % (file.length + 1);
        const ends = records.map((_, index) => Buffer.concat(records.slice(0, index + 1).map(tfRecord)).length);
        const whole = ends.filter((other) => other <= end).length;
        expect(readRecords(file.subarray(0, end)).records).toEqual(records.slice(0, whole));
      }),
    );
  });

  it('shows every flipped bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (data, place) => {
        const record = tfRecord(data);
        const bit = place % (record.length * 8);
        record[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => readRecords(record)).toThrow('must fit');
      }),
    );
  });
});
