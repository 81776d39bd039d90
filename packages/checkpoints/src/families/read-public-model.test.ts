import { describe, expect, it } from 'vitest';

import { memoryFile, smallViT } from './__fixtures__/memory-file';
import { type ReadPublicModelOptions, readPublicModel } from './read-public-model';

const heads = { heads: 2 };

function read(tensors: Parameters<typeof memoryFile>[0], options: ReadPublicModelOptions = heads) {
  return readPublicModel(memoryFile(tensors), options);
}

/** A name of `tensors` replaced by others, in place. */
function replaced<T>(tensors: Record<string, T>, name: string, others: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(tensors).flatMap((one) => (one[0] === name ? Object.entries(others) : [one])),
  );
}

describe('the architecture', () => {
  it('is that of the shapes, in the words of ViTEncoderConfig', async () => {
    const { encoder, family, report } = await read(smallViT());
    expect(encoder).toEqual({
      ...{ imageHeight: 10, imageWidth: 10, patchSize: 2, channels: 3, width: 8, depth: 2, heads: 2, hiddenWidth: 20 },
      positionGrid: { rows: 5, columns: 5 },
      positions: 'learned',
      positionInterpolation: 'dino',
    });
    expect(family).toBe('dino');
    expect(report).toEqual({
      loaded: Object.keys(smallViT()),
      leftOut: [],
      missing: [],
      unexpected: [],
      otherShape: [],
    });
  });

  it('takes heads from the option, the configuration, the arguments of the training, the width', async () => {
    const wide = Object.fromEntries(
      Object.entries(smallViT()).map(([name, shape]) => [
        name,
        shape.map((size) => (size % 8 === 0 ? size * 16 : size)),
      ]),
    );
    const headsOf = async (options: ReadPublicModelOptions, extras = {}) =>
      (await readPublicModel(memoryFile(wide, { extras }), options)).encoder.heads;
    const config = { num_attention_heads: 8 };
    const extras = { args: { class: 'argparse.Namespace', num_heads: 4 } };
    expect(await headsOf({ config, heads: 16 }, extras)).toBe(16);
    expect(await headsOf({ config }, extras)).toBe(8);
    expect(await headsOf({}, extras)).toBe(4);
    expect(await headsOf({})).toBe(2); // 128 / 64
    expect((await readPublicModel(memoryFile(wide), {})).notes.join()).toMatch('2 heads are assumed by the width');
    await expect(read(smallViT(), {})).rejects.toThrow(
      'weights.pth: the number of attention heads must be known: shapes do not say it, got width 8; give heads, or put the config.json of the model beside the file',
    );
  });

  it('knows an oblong grid from a configuration or an option, and asks for it otherwise', async () => {
    const oblong = { ...smallViT(), pos_embed: [1, 1 + 3 * 7, 8] };
    const grid = { rows: 3, columns: 7 };
    const { encoder } = await read(oblong, { ...heads, config: { pretrained_cfg: { input_size: [3, 6, 14] } } });
    expect(encoder).toMatchObject({ positionGrid: grid, imageHeight: 6, imageWidth: 14 });
    expect((await read(oblong, { ...heads, positionGrid: grid })).encoder).toMatchObject({ positionGrid: grid });
    await expect(read(oblong)).rejects.toThrow('give the rows and columns with positionGrid');
    await expect(read(oblong, { ...heads, positionGrid: { rows: 4, columns: 5 } })).rejects.toThrow('got 4 × 5');
  });

  it('finds out whether class and register tokens have positions', async () => {
    const registers = { ...smallViT(), reg_token: [1, 4, 8] };
    const patches = { ...registers, pos_embed: [1, 25, 8] };
    const all = { ...registers, pos_embed: [1, 30, 8] };
    expect((await read(registers)).encoder).not.toHaveProperty('classPosition');
    expect((await read(patches)).encoder).toMatchObject({ registers: 4, classPosition: false });
    const model = await read(all);
    expect(model.encoder).toMatchObject({ registers: 4, positionGrid: { rows: 5, columns: 5 } });
    // Tensor 1 is the table, with value 1 + place / 100; the last one the registers.
    const last = Object.keys(all).length - 1;
    const [table, tokens] = [
      await model.weights.get('pos_embed')!.read(),
      await model.weights.get('reg_token')!.read(),
    ];
    expect(model.weights.get('pos_embed')!.shape).toEqual([1, 26, 8]);
    expect([table[0], table[7], table[8], table.length]).toEqual([1, 1.07, 1 + 40 / 100, 26 * 8].map(Math.fround));
    expect(tokens[3]).toBeCloseTo(last + 0.03 + 1 + (8 + 3) / 100, 5);
  });

  it('takes epsilon 1e-12 of transformers for 1e-6, and CLIP for 1e-5', async () => {
    const epsilonOf = async (tensors: Record<string, number[]>, options = {}) =>
      (await read(tensors, { ...heads, ...options })).encoder.normEpsilon;
    expect(await epsilonOf(smallViT())).toBeUndefined();
    expect(await epsilonOf(smallViT(), { config: { layer_norm_eps: 1e-12 } })).toBeUndefined();
    expect(await epsilonOf(smallViT(), { config: { layer_norm_eps: 1e-5 } })).toBe(1e-5);
    expect(await epsilonOf(smallViT(), { config: { layer_norm_eps: 1e-5 }, normEpsilon: 1e-3 })).toBe(1e-3);
    expect(await epsilonOf({ ...smallViT(), 'norm_pre.weight': [8], 'norm_pre.bias': [8] })).toBe(1e-5);
  });
});

describe('weights', () => {
  it('are read one by one, when asked for', async () => {
    const file = memoryFile(smallViT());
    const { weights } = await readPublicModel(file, heads);
    expect(file.readNames).toEqual(['pos_embed']); // are they sines and cosines?
    await weights.get('norm.bias')!.read();
    expect(file.readNames.at(-1)).toBe('norm.bias');
  });

  it('joins queries, keys and values in this order, and gives BEiT keys a bias of zero', async () => {
    const parts = { q_bias: [8], v_bias: [8] };
    const beit = Object.fromEntries(Object.entries(parts).map(([name, shape]) => [`blocks.0.attn.${name}`, shape]));
    const second = Object.fromEntries(Object.entries(parts).map(([name, shape]) => [`blocks.1.attn.${name}`, shape]));
    const tensors = replaced(replaced(smallViT(), 'blocks.0.attn.qkv.bias', beit), 'blocks.1.attn.qkv.bias', second);
    const { weights, family } = await read(tensors);
    const place = Object.keys(tensors).indexOf('blocks.0.attn.q_bias');
    const bias = await weights.get('blocks.0.attn.qkv.bias')!.read();
    expect(family).toBe('beit');
    expect([bias[0], bias[7], bias[8], bias[15], bias[16], bias.length]).toEqual(
      [place, place + 0.07, 0, 0, place + 1, 24].map(Math.fround),
    );
  });

  it('refuses what is not finite, in half precision and in full, when it is read', async () => {
    const values = Float32Array.of(0, 1, 2, 3, 4, Number.NaN, 6, 7);
    for (const [dtype, remedy] of [
      ['F16', 'take the file in float32'],
      ['F32', 'the training diverged'],
    ] as const) {
      const { weights } = await read({ ...smallViT(), 'norm.bias': { shape: [8], dtype, values } });
      await expect(weights.get('norm.bias')!.read()).rejects.toThrow(/norm\.bias must be finite, got NaN at 5; .*/);
      await expect(weights.get('norm.bias')!.read()).rejects.toThrow(remedy);
    }
  });

  it('refuses whole numbers: they are quantized weights', async () => {
    const { weights } = await read({ ...smallViT(), 'norm.bias': { shape: [8], dtype: 'I8' } });
    await expect(weights.get('norm.bias')!.read()).rejects.toThrow('norm.bias must be of floating point, got I8');
  });
});

describe('the report', () => {
  it('is an error where weights are missing, left over or of another shape, unless they are allowed by name', async () => {
    const { 'norm.bias': _, ...without } = smallViT();
    await expect(read(without)).rejects.toThrow(
      'weights.pth: must hold the weights of one ViT, no fewer and no more, got norm.bias missing; allow them by name to go on without',
    );
    const { report, weights } = await read(without, { ...heads, allow: { missing: ['norm.bias'] } });
    expect(report.missing).toEqual(['norm.bias']);
    expect(weights.has('norm.bias')).toBe(false);

    const extra = { ...smallViT(), 'gate.0.weight': [8], 'gate.1.weight': [8] };
    await expect(read(extra)).rejects.toThrow('got gate.0.weight, gate.1.weight left over');
    expect((await read(extra, { ...heads, allow: { unexpected: ['gate'] } })).report.unexpected).toHaveLength(2);

    await expect(read({ ...smallViT(), 'blocks.1.attn.qkv.weight': [16, 8] })).rejects.toThrow(
      'got blocks.1.attn.qkv.weight [16, 8] instead of [24, 8] of another shape',
    );
  });

  it('misses blocks that the configuration has, and those in the middle', async () => {
    await expect(read(smallViT(), { ...heads, config: { num_hidden_layers: 3 } })).rejects.toThrow(
      /blocks\.2\.norm1\.weight.* and 9 more missing/,
    );
    const gap = Object.fromEntries(
      Object.entries(smallViT({ depth: 3 })).filter(([name]) => !name.startsWith('blocks.1.')),
    );
    await expect(read(gap)).rejects.toThrow(/blocks\.1\.norm1\.weight.* missing/);
  });

  it('builds nothing from the number of a block or of a configuration alone', async () => {
    const { 'blocks.1.norm1.bias': _, ...others } = smallViT();
    await expect(read({ ...others, 'blocks.4000000000.norm1.bias': [8] })).rejects.toThrow(
      'got 4000000001 blocks in 30 tensors',
    );
    await expect(read(smallViT(), { ...heads, config: { num_hidden_layers: 1e9 } })).rejects.toThrow(
      'got 1000000000 blocks',
    );
  });

  it('says why it left out what it knows', async () => {
    const run = {
      ...smallViT({ prefix: 'model.module.' }),
      'model.module.head.weight': [5, 8],
      'model.module.head.bias': [5],
      'optimizer.state.0.exp_avg': [8],
      'scaler.scale': [1],
    };
    const { report, network, family } = await read(run);
    expect(network).toBe('model.module');
    expect(family).toBe('deit');
    expect(report.leftOut).toEqual([
      { name: 'model.module.head.weight', why: 'classification head' },
      { name: 'model.module.head.bias', why: 'classification head' },
      { name: 'optimizer.state.0.exp_avg', why: 'optimizer' },
      { name: 'scaler.scale', why: 'state of the training' },
    ]);
  });
});

describe('projection heads', () => {
  const rows = Float32Array.from({ length: 15 }, (_, at) => [0, 3, 4, 0, 0][at % 5]!);
  const lengths = Float32Array.of(10, 5, 1);
  const head = (prefix: string) => ({
    [`${prefix}head.mlp.0.weight`]: [7, 8],
    [`${prefix}head.mlp.0.bias`]: [7],
    [`${prefix}head.mlp.2.weight`]: [5, 7],
    [`${prefix}head.mlp.2.bias`]: [5],
    [`${prefix}head.last_layer.weight_g`]: { shape: [3, 1], values: lengths },
    [`${prefix}head.last_layer.weight_v`]: { shape: [3, 5], values: rows },
  });
  const last2 = (values: Float32Array) => ({
    'head.last_layer2.weight_g': { shape: [3, 1], values: lengths },
    'head.last_layer2.weight_v': { shape: [3, 5], values },
  });

  it('keep directions and lengths apart, also of a weight norm that was folded: w = g · v / |v|', async () => {
    const { heads: found } = await read({ ...smallViT(), ...head('') });
    expect([...found]).toEqual([
      ['head', { inputWidth: 8, hiddenWidth: 7, bottleneckWidth: 5, prototypes: 3, layers: 2 }],
    ]);
    const { 'head.last_layer.weight_v': prototypes, 'head.last_layer.weight_g': _, ...others } = head('');
    const { weights } = await read({ ...smallViT(), ...others, 'head.last_layer.weight': prototypes! });
    expect(await weights.get('head.last_layer.weight_v')!.read()).toEqual(rows);
    expect(await weights.get('head.last_layer.weight_g')!.read()).toEqual(Float32Array.of(5, 5, 5));
  });

  it('are those of the network alone', async () => {
    const { heads: found, report } = await read({
      ...{ ...smallViT({ prefix: 'student.module.backbone.' }), ...head('student.module.') },
      ...{ ...smallViT({ prefix: 'teacher.backbone.' }), ...head('teacher.') },
    });
    expect([...found.keys()]).toEqual(['head']);
    expect(report.loaded).toContain('teacher.head.last_layer.weight_v');
    expect(report.leftOut).toContainEqual({ name: 'student.module.head.last_layer.weight_v', why: 'student' });
  });

  it('have prototypes of patches unless these are those of class tokens, saved twice', async () => {
    const shared = await read({ ...smallViT(), ...head(''), ...last2(rows) });
    expect(shared.heads.get('head')).not.toHaveProperty('patchPrototypes');
    expect(shared.report.leftOut).toEqual(
      ['v', 'g'].map((part) => ({ name: `head.last_layer2.weight_${part}`, why: 'the same as last_layer' })),
    );
    const own = await read({ ...smallViT(), ...head(''), ...last2(rows.map((value) => value + 1)) });
    expect(own.heads.get('head')).toMatchObject({ prototypes: 3, patchPrototypes: 3 });
    expect(own.family).toBe('ibot');
  });
});

it('leaves out a projection head with batch norm, and says so', async () => {
  const head = {
    'head.mlp.0.weight': [7, 8],
    'head.mlp.1.weight': [7],
    'head.mlp.1.running_mean': [7],
    'head.mlp.3.weight': [5, 7],
    'head.last_layer.weight_g': [3, 1],
    'head.last_layer.weight_v': [3, 5],
  };
  const { heads: found, report } = await read({ ...smallViT(), ...head });
  expect(found.size).toBe(0);
  expect(report.leftOut.map(({ name }) => name).sort()).toEqual(Object.keys(head).sort());
  expect(new Set(report.leftOut.map(({ why }) => why))).toEqual(new Set(['projection head of another kind']));
});

describe('several networks', () => {
  const both = { ...smallViT({ prefix: 'student.module.backbone.' }), ...smallViT({ prefix: 'teacher.backbone.' }) };

  it('takes the teacher, or what it is told', async () => {
    const teacher = await read(both);
    expect(teacher.network).toBe('teacher.backbone');
    expect(teacher.report.leftOut).toHaveLength(Object.keys(smallViT()).length);
    expect(teacher.report.leftOut[0]!.why).toBe('another network, student.module.backbone');
    const student = await read(both, { ...heads, network: 'student' });
    expect(student.network).toBe('student.module.backbone');
    expect(student.report.loaded[0]).toBe('student.module.backbone.cls_token');
  });

  it('asks which of two others is meant', async () => {
    const two = { ...smallViT({ prefix: 'model.' }), ...smallViT({ prefix: 'model_ema.' }) };
    await expect(read(two)).rejects.toThrow(
      'weights.pth: must hold one network, got model, model_ema; say which with network, for example model',
    );
    expect((await read(two, { ...heads, network: 'model_ema' })).network).toBe('model_ema');
    await expect(read(two, { ...heads, network: 'ema' })).rejects.toThrow(
      'network ema must be one of the networks in the file, got model, model_ema',
    );
  });
});

describe('files of something else', () => {
  it('says what a file holds where it holds no ViT', async () => {
    await expect(read({})).rejects.toThrow('got no tensor');
    await expect(read({ 'optimizer.state.0.exp_avg': [8], 'optimizer.state.1.exp_avg': [8] })).rejects.toThrow(
      "got an optimizer's state alone; take the file that holds the model",
    );
    await expect(read({ 'conv1.weight': [64, 3, 7, 7], 'bn1.weight': [64] })).rejects.toThrow(
      'got 2 tensors like conv1.weight, bn1.weight',
    );
  });

  it('refuses a family that the weights contradict', async () => {
    await expect(read(smallViT(), { ...heads, family: 'hf-vit' })).rejects.toThrow(
      'weights.pth: must be of the family hf-vit, got names of timm and the original code; leave the family out, and it is recognized',
    );
    await expect(read(smallViT(), { ...heads, family: 'dinov2' })).rejects.toThrow('got no weight ls1.gamma');
    await expect(read({ ...smallViT(), reg_token: [1, 4, 8] }, { ...heads, family: 'mae' })).rejects.toThrow(
      'got a weight reg_token',
    );
    expect(await read(smallViT(), { ...heads, family: 'timm' })).toMatchObject({
      family: 'timm',
      recognizedBy: 'asked for',
      encoder: { positionInterpolation: 'antialias' },
    });
    // @ts-expect-error a word that is no family
    await expect(read(smallViT(), { ...heads, family: 'clip' })).rejects.toThrow('family must be one of mae, semmae');
  });

  it('refuses what is no plain ViT, and says what it has', async () => {
    const relative = { ...smallViT(), 'blocks.0.attn.relative_position_bias_table': [81, 2] };
    await expect(read(relative)).rejects.toThrow(
      'must be a plain ViT, got relative position bias in its attention (blocks.0.attn.relative_position_bias_table)',
    );
    await expect(read({ ...smallViT(), 'blocks.0.attn.q_norm.weight': [4] })).rejects.toThrow(
      'norms of queries and keys',
    );
    await expect(read(smallViT(), { ...heads, config: { hidden_act: 'quick_gelu' } })).rejects.toThrow(
      'its activation must be the exact GELU, got quick_gelu',
    );
    const { pos_embed: _, ...none } = smallViT();
    await expect(read(none)).rejects.toThrow('pos_embed must be there, with 3 axes, got none; take a model that has');
    const { 'patch_embed.proj.weight': kernel, ...flat } = smallViT();
    await expect(read({ ...flat, 'patch_embed.proj.weight': [kernel![0]!, 3] })).rejects.toThrow(
      'patch_embed.proj.weight must be there, with 4 axes, got [8, 3]; take the whole weights of a plain ViT',
    );
    const rotated = smallViT({ depth: 1 });
    for (const name of ['weight', 'bias']) rotated[`blocks.0.mlp.fc1.${name}`]![0]! *= 2;
    const biases = { 'blocks.0.attn.q_bias': [8], 'blocks.0.attn.v_bias': [8] };
    await expect(read(replaced(rotated, 'blocks.0.attn.qkv.bias', biases))).rejects.toThrow(
      'must be a plain ViT, got SwiGLU beside q_bias and v_bias',
    );
  });

  it('refuses heads that do not divide the width, and says which names were allowed for nothing', async () => {
    await expect(read(smallViT(), { heads: 3 })).rejects.toThrow(
      /heads must divide the width 8, got 3; pass heads, such as 1$/,
    );
    const allow = { missing: ['norm'], unexpected: ['nosuch'] };
    const { notes } = await read(smallViT(), { ...heads, allow });
    expect(notes).toContain('nothing of the name norm is missing, though it may be');
    expect(notes).toContain('nothing of the name nosuch is left over, though it may be');
  });

  it('refuses two tensors for one weight', async () => {
    const twice = { ...smallViT(), 'blocks.0.gamma_1': [8], 'blocks.0.ls1.gamma': [8] };
    await expect(read(twice)).rejects.toThrow(
      'blocks.0.ls1.gamma must be there once, got blocks.0.gamma_1 and blocks.0.ls1.gamma',
    );
  });
});
