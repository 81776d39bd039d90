// The strategies that the reproduction compares: masks by name, and what guides them.

/** Where the part maps and scores come from that masks look at. */
export const guides = ['learned', 'truth', 'k-means', 'heads', 'grid'] as const;
export type Guide = (typeof guides)[number];

export const guideTitles: Record<Guide, string> = {
  learned: 'Learned parts',
  truth: 'True parts',
  'k-means': 'k-means of the same tokens',
  heads: 'Attention heads',
  grid: '2x3 grid',
};

export interface ComparedStrategy {
  /** As it reads in tables. */
  title: string;
  /** As `maskingByName` reads it; the ratio is that of the preset. */
  masking: string;
  /** Also tells the patches that are kept, where not all are. */
  guide: Guide;
}

/**
 * Table 3 and Figure 1 of the paper at this scale, and what parts are worth: the same masks by parts of other origins.
 * Block-wise masks (BEiT) are not among them: the kept patches of an image have no rows and columns.
 */
export const comparedStrategies = {
  random: { title: 'Random (MAE)', masking: 'random', guide: 'learned' },
  'attention-high': { title: 'Most attended (AttMask)', masking: 'attention,mode=high', guide: 'learned' },
  'whole-parts': { title: 'Whole learned parts, α = 1', masking: 'semantic,alpha=1', guide: 'learned' },
  semantic: { title: 'Semantic, learned parts (SemMAE)', masking: 'semantic', guide: 'learned' },
  'semantic-truth': { title: 'Semantic, true parts', masking: 'semantic', guide: 'truth' },
  'semantic-k-means': { title: 'Semantic, k-means', masking: 'semantic', guide: 'k-means' },
  'semantic-heads': { title: 'Semantic, attention heads', masking: 'semantic', guide: 'heads' },
  'semantic-grid': { title: 'Semantic, 2x3 grid', masking: 'semantic', guide: 'grid' },
} as const satisfies Record<string, ComparedStrategy>;

export type StrategyName = keyof typeof comparedStrategies;
export const strategyNames = Object.keys(comparedStrategies) as StrategyName[];
