import { describe, expect, it } from 'vitest';

import { isHubAddress, parseHubAddress } from './hub-address';

describe('parseHubAddress', () => {
  it.each([
    ['hf:facebook/vit-mae-base', { repository: 'facebook/vit-mae-base', revision: 'main' }],
    ['hf:a/b.c_d@v1.0', { repository: 'a/b.c_d', revision: 'v1.0' }],
    ['hf:a/b:pytorch_model.bin', { repository: 'a/b', revision: 'main', file: 'pytorch_model.bin' }],
    ['hf:a/b@refs/pr/3:x/y z@2.pth', { repository: 'a/b', revision: 'refs/pr/3', file: 'x/y z@2.pth' }],
  ])('%s', (text, parts) => {
    expect(isHubAddress(text)).toBe(true);
    expect(parseHubAddress(text)).toEqual({ text, kind: 'model', ...parts });
  });

  it('reads addresses of data sets', () => {
    expect(parseHubAddress('hf:uoft-cs/cifar10@refs/convert/parquet:plain_text/t*/*.parquet', 'dataset')).toEqual({
      text: 'hf:uoft-cs/cifar10@refs/convert/parquet:plain_text/t*/*.parquet',
      kind: 'dataset',
      repository: 'uoft-cs/cifar10',
      revision: 'refs/convert/parquet',
      file: 'plain_text/t*/*.parquet',
    });
    expect(() => parseHubAddress('hf:cifar10', 'dataset')).toThrow(
      'a data set on the hub must be written hf:owner/name[@revision][:split or files], got cifar10; such as hf:uoft-cs/cifar10:train',
    );
  });

  it.each([
    'hf:',
    'hf:vit',
    'hf:a/b/c',
    'hf:../b',
    'hf:a/..',
    'hf:a b/c',
    'hf:a/b@',
    'hf:a/b@../x',
    'hf:a/b:',
    'hf:a/b:/etc/x',
    'hf:a/b:x/../../y',
    'hf:a/b:..\\y',
    'hf:a/b:C:\\y',
    'hf:a/b:x\ny',
  ])('refuses %s', (text) => {
    expect(() => parseHubAddress(text)).toThrow(
      /^hf:[^\n]*: a model on the hub must be written hf:owner\/name\[@revision\]\[:file\], got [^\n]+; such as hf:facebook\/vit-mae-base$/,
    );
  });
});
