// The settings of `data inspect` and `data pack`.

import { z } from 'zod';

import { countOrAll, integer, neededText, text, toggle } from './setting';
import { labelRuleSettings, pixelRuleSettings, sourceSettings } from './shared-settings';

export const inspectDataSettings = z.strictObject({
  ...sourceSettings,
  ...pixelRuleSettings,
  ...labelRuleSettings,
  sample: countOrAll(1000, 'images to examine, evenly spaced over the data set, or all'),
  decode: toggle('decode them, which finds damaged files; else headers and label files are read'),
  sheet: text('a PNG to write: a contact sheet of the images and masks', '<file>'),
  out: text('write what was found as JSON', '<file>'),
  json: toggle('print it as JSON'),
});

export const packDataSettings = z.strictObject({
  ...sourceSettings,
  out: neededText(
    'the shards to write, such as shards/train-{000..}.tar; .tar.gz and .tar.zst are compressed',
    '<pattern>',
  ),
  maxBytes: integer('a shard ends before it is larger (default: 1 GiB)', { placeholder: '<bytes>' }),
  maxImages: integer('images of a shard (default: as many as fit)'),
  resume: toggle('go on behind the shards of an interrupted call'),
});
