// Pictures, curves, a self-contained HTML report and TensorBoard event files of a masked-image-modeling run.

// Charts
export { type Bar, type BarChart, barChart } from './charts/bar-chart';
export { type LineChart, lineChart } from './charts/line-chart';
export { meanSeries } from './charts/mean-series';
export type { Point, Series } from './charts/series';
export { smoothedPoints } from './charts/smoothed-points';
// Numbers and facts
export { type FormatMeanSpreadOptions, formatMeanSpread } from './format-mean-spread';
export { machineFacts } from './machine-facts';
// Masking strategies
export { describeCounts } from './masking/count-histogram';
export { describeFrequency, type FrequencyRange, frequencyRange } from './masking/frequency-range';
export { type MaskHeatMapOptions, maskHeatMap } from './masking/mask-heat-map';
export type { MaskingSummary } from './masking/masking-card';
export { type MaskingSheetOptions, maskingSheet, sheetCellSize } from './masking/masking-sheet';
export { type CountTileOptions, countTile, type FrequencyTileOptions, frequencyTile } from './masking/masking-tiles';
// The page
export { renderReport } from './page/render-report';
export type {
  ChartSection,
  FactsSection,
  GalleryRow,
  GallerySection,
  HeadlineFigure,
  ReportContent,
  Section,
  TableColumn,
  TableRow,
  TableSection,
  TextSection,
} from './page/report-content';
export { writeReport } from './page/write-report';
// Pictures
export { type AttentionPictureOptions, attentionPicture } from './pictures/attention-picture';
export { type ColorMap, mappedColor } from './pictures/color-map';
export { type ContactSheetOptions, contactSheet } from './pictures/contact-sheet';
export {
  type DenormalizedPictureOptions,
  denormalizedPicture,
} from './pictures/denormalized-picture';
export { type EncodePngOptions, encodePng } from './pictures/encode-png';
export { enlargedPicture } from './pictures/enlarged-picture';
export type { HeatInterpolation } from './pictures/heat-values';
export { type MaskPictureOptions, maskColor, maskPicture } from './pictures/mask-picture';
export { backgroundColor, type PartColorOptions, partColor, partPalette } from './pictures/part-palette';
export { type PartPictureOptions, partPicture } from './pictures/part-picture';
export { type Color, filledPicture, type Picture } from './pictures/picture';
export { type PixelPictureOptions, pixelPicture } from './pictures/pixel-picture';
export { type ReconstructionPictureOptions, reconstructionPicture } from './pictures/reconstruction-picture';
export { selectBands, type ShownBands, shownBands, shownStatistics } from './pictures/shown-bands';
export { type RestorePatchStatisticsOptions, restorePatchStatistics } from './pictures/restore-patch-statistics';
export { type SoftMaskPictureOptions, softMaskPicture } from './pictures/soft-mask-picture';
export { writePng } from './pictures/write-png';
// TensorBoard
export { type EventWriter, type EventWriterOptions, eventWriter } from './tensorboard/event-writer';
