// A report as a file on disk.

import { replaceFileSync } from '@semmae/core/files';

import { renderReport } from './render-report';
import type { ReportContent } from './report-content';

/** Writes the page to `path`, whole or not at all; missing folders are made. */
export async function writeReport(path: string, content: ReportContent): Promise<void> {
  replaceFileSync(path, await renderReport(content));
}
