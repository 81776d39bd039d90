// Which pixels belong to which patch, where the grid does not divide the image.

/**
 * First pixel of every cell along one side, and the end: [cells + 1]. A pixel belongs to the cell that holds its center,
 * so painting cells back over the pixels is nearest-neighbor upsampling. Needs at least one pixel a cell.
 */
export function cellEdges(pixels: number, cells: number): Int32Array {
  // Pixel y lies in cell c when c <= (y + 1/2) cells / pixels < c + 1; in integers, so that no rounding moves a border.
  return Int32Array.from({ length: cells + 1 }, (_, cell) => Math.ceil((2 * cell * pixels - cells) / (2 * cells)));
}
