// The layers of the house (docs/architecture.md): imports point one way, and each package knows only what its row lists.

/** What each package may import of ours; a package that is not listed imports nothing of ours. */
const layers = {
  core: [],
  'tfjs-backend-onnx': [],
  masking: ['core'],
  vit: ['core'],
  'decoder-stylegan': ['core', 'vit'],
  checkpoints: ['core'],
  data: ['checkpoints', 'core'],
  report: ['core'],
  parts: ['core', 'decoder-stylegan', 'vit'],
  train: ['checkpoints', 'core', 'masking', 'vit'],
  evaluation: ['core', 'train', 'vit'],
  pipeline: [
    'checkpoints',
    'core',
    'data',
    'evaluation',
    'masking',
    'parts',
    'report',
    'tfjs-backend-onnx',
    'train',
    'vit',
  ],
  cli: ['core', 'pipeline', 'report'],
};

const layerRules = Object.entries(layers).map(([name, allowed]) => ({
  name: `layer-${name}`,
  comment: `@semmae/${name} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^packages/([^/]+)/', pathNot: [name, ...allowed].map((other) => `^packages/${other}/`) },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'only-the-tensor-entry-of-vit',
      comment: 'Decoder and parts take tensors from any encoder; of @semmae/vit they use its building blocks alone.',
      severity: 'error',
      from: { path: '^packages/(decoder-stylegan|parts)/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/vit/', pathNot: '^packages/vit/src/tensor/' },
    },
    {
      name: 'no-circular',
      comment: 'Files of a package may not form a cycle.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-examples-in-packages',
      comment: 'Packages never import examples.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^examples/' },
    },
    {
      name: 'masking-and-core-stay-free-of-tensorflow',
      comment:
        'Masks are drawn on typed arrays; whoever installs masking alone gets no tfjs. Its entry ./tensor is for tfjs.',
      severity: 'error',
      from: {
        path: '^packages/(core|masking|data|report|checkpoints)/src/',
        pathNot: '^packages/masking/src/tensor/|\\.test\\.ts$',
      },
      to: { path: '@tensorflow' },
    },
    {
      name: 'tfjs-by-its-root',
      comment: 'Deep imports of tfjs break in Node ESM.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: {
        path: 'node_modules/@tensorflow/[^/]+/dist/.+/',
        pathNot: 'node_modules/@tensorflow/[^/]+/dist/(index|tf-[^/]+)\\.',
      },
    },
    {
      name: 'not-in-package-json',
      comment:
        'A package may import only what its package.json declares. vitest of the contract suites is in peerDependenciesMeta alone (decision 12).',
      severity: 'error',
      from: {
        path: '^(packages|examples)/[^/]+/src/',
        pathNot: '\\.test\\.ts$|^packages/(masking/src|data/src/sources)/testing/',
      },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: { path: '^(packages|examples)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|examples)/[^/]+/(dist|.*__fixtures__|.*generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['@semmae/source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
