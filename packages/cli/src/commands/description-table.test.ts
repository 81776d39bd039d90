import type { CheckpointDescription } from '@semmae/pipeline';
import { describe, expect, it } from 'vitest';

import { descriptionTable } from './description-table';

const tensor = (name: string, shape: number[], more = {}) => ({ name, dtype: 'F32' as const, shape, ...more });
const description: CheckpointDescription = {
  ...{ path: 'a.pth', container: 'pytorch', kind: 'public model', values: 1234567, bytes: 4938268 },
  tensors: [
    tensor('cls_token', [1, 1, 5], { becomes: ['cls_token'] }),
    tensor('blocks.0.norm.weight', [5], { becomes: ['blocks.0.norm.weight'] }),
    tensor('layer.0.attention.key.bias', [5], { becomes: ['blocks.0.attn.qkv.bias'] }),
    tensor('blocks.1.norm.weight', [5], { becomes: ['blocks.1.norm.weight'] }),
    tensor('layer.1.attention.key.bias', [5], { becomes: ['blocks.1.attn.qkv.bias'] }),
    tensor('blocks.2.norm.weight', [7], { becomes: ['blocks.2.norm.weight'] }),
    tensor('optimizer.state.0.exp_avg', [5], { leftOut: 'optimizer' }),
    tensor('optimizer.state.1.exp_avg', [7], { leftOut: 'optimizer' }),
  ],
  contents: {
    epoch: 300,
    args0: { foreach: null },
    args: { list: Array.from({ length: 150 }, (_, index) => index), hash: 'f'.repeat(70) },
  },
  model: {
    ...{ family: 'dino', recognizedBy: 'teacher and student', network: 'teacher.backbone', parameters: 1000 },
    encoder: { width: 5, positionGrid: { rows: 3, columns: 7 } } as never,
    preprocessing: { mean: [0.5], standardDeviation: [0.25] } as never,
    ...{ heads: { head: { prototypes: 11 } }, missing: ['norm.bias'], unexpected: [], notes: ['heads are assumed'] },
  },
};

describe('descriptionTable', () => {
  it('says everything in 80 columns', () => {
    expect(descriptionTable(description, 80).split('\n')).toEqual([
      'file         a.pth',
      'holds        a model of another project (pytorch, 8 tensors of 1,234,567 values,',
      '             4.9 MB)',
      'family       dino: teacher and student',
      'network      teacher.backbone',
      'encoder      width 5, positionGrid (rows 3, columns 7)',
      'head         prototypes 11',
      'parameters   1,000',
      'images       mean [0.5], standardDeviation [0.25]',
      'missing      norm.bias',
      'note         heads are assumed',
      'epoch        300',
      'args0        foreach null',
      'args         list [0, 1, 2, 3, 4, 5, 6, 7, … (150 in all)], hash',
      `             ${'f'.repeat(64)}…`,
      '',
      'tensor                          type  shape',
      'cls_token                       F32   [1, 1, 5]',
      'blocks.*.norm.weight        2×  F32   [5]',
      'layer.*.attention.key.bias  2×  F32   [5]',
      '  → blocks.*.attn.qkv.bias',
      'blocks.2.norm.weight            F32   [7]',
      'optimizer.state.*.exp_avg   2×        of several shapes',
      '  → left out: optimizer',
    ]);
  });

  it('stays on its lines and out of the hands of names', () => {
    const hostile = 'a\n\u001b[2J\u009b1m';
    const tensors = [tensor(hostile, [1], { becomes: [hostile + hostile] })];
    const table = descriptionTable({ ...description, tensors, contents: { [hostile]: hostile } }, 80);
    const before = descriptionTable({ ...description, tensors: [tensor('a', [1])], contents: { a: 'a' } }, 80);
    expect(table.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(table.split('\n').length).toBe(before.split('\n').length + 1); // what it becomes
  });

  it('says what files from here are, and why something is no model', () => {
    const { model: _none, ...rest } = description;
    const own = { ...rest, kind: 'semmae-parts/1', contents: { format: 'semmae-parts/1' } };
    expect(descriptionTable(own, 200)).toMatch(
      /^file .*\nholds {8}learned parts, semmae-parts\/1 \(pytorch.*\n\ntensor/,
    );
    const other = { ...rest, kind: 'tensors', contents: {}, refusal: 'a.pth: must hold a ViT' };
    expect(descriptionTable(other, 200)).toMatch(/\nholds {8}tensors \(.*\nno model {5}must hold a ViT\n\n/);
  });
});
