import { describe, expect, it } from 'vitest';

import { imageEvent, restartEvent, scalarEvent, textEvent, versionEvent } from './event-message';

// tensorboard 2.21.0: SerializeToString() of tensorboard.compat.proto.event_pb2.Event with the same contents
describe('the messages are those of TensorBoard', () => {
  const moment = { wallTime: 1234.5, step: 7 };

  it.each([
    ['version', versionEvent(1234.5), '0900000000004a93401a0d627261696e2e4576656e743a32'],
    ['restart', restartEvent({ wallTime: 1234.5, step: 301 }), '0900000000004a934010ad023a020801'],
    [
      'scalar',
      scalarEvent(moment, 'loss/train', 0.25),
      '0900000000004a934010072a130a110a0a6c6f73732f747261696e150000803e',
    ],
    [
      'image',
      imageEvent(moment, 'masks', { height: 2, width: 3, png: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }),
      '0900000000004a934010072a170a150a056d61736b73220c080210031803220489504e47',
    ],
    [
      'text',
      textEvent(moment, 'note', 'hi'),
      '0900000000004a934010072a200a1e0a046e6f7465420c0807120412020801420268694a080a060a0474657874',
    ],
  ])('%s', (_, message, bytes) => {
    expect(Buffer.from(message).toString('hex')).toBe(bytes);
  });
});
