// Pictures in the JSON of a finished stage, so that a resumed run can still report them.

import type { Picture } from '@semmae/report';

export interface StoredPicture {
  height: number;
  width: number;
  /** RGB bytes in base64. */
  pixels: string;
}

export function storePicture({ height, width, pixels }: Picture): StoredPicture {
  return { height, width, pixels: Buffer.from(pixels).toString('base64') };
}

export function loadPicture({ height, width, pixels }: StoredPicture): Picture {
  return { height, width, pixels: new Uint8Array(Buffer.from(pixels, 'base64')) };
}
