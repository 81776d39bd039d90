// Part of the build: the settings of every command as JSON schemas in schemas/, for editors.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  convertCheckpointSettings,
  diffCheckpointsSettings,
  inspectCheckpointSettings,
} from './src/settings/checkpoint-settings';
import { inspectDataSettings, packDataSettings } from './src/settings/data-settings';
import { embedSettings, exportSettings, probeSettings } from './src/settings/model-settings';
import { settingsJsonSchema } from './src/settings/parse-settings';
import {
  evaluatePartsSettings,
  extractPartsSettings,
  learnPartsSettings,
  showPartsSettings,
} from './src/settings/parts-settings';
import { pretrainSettings } from './src/settings/pretrain-settings';
import { showMasksSettings, showReconstructionsSettings } from './src/settings/show-settings';

const schemas = {
  pretrain: pretrainSettings,
  embed: embedSettings,
  probe: probeSettings,
  export: exportSettings,
  'parts-learn': learnPartsSettings,
  'parts-extract': extractPartsSettings,
  'parts-eval': evaluatePartsSettings,
  'parts-show': showPartsSettings,
  'data-inspect': inspectDataSettings,
  'data-pack': packDataSettings,
  'checkpoint-inspect': inspectCheckpointSettings,
  'checkpoint-convert': convertCheckpointSettings,
  'checkpoint-diff': diffCheckpointsSettings,
  'show-masks': showMasksSettings,
  'show-reconstructions': showReconstructionsSettings,
};

const folder = join(import.meta.dirname, 'schemas');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(settingsJsonSchema(schema), null, 2)}\n`);
}
