// What scoring needs besides a shard of part maps: the same maps without background, those of the mirror images and of crops.

export const companionNames = ['foreground', 'mirrored', 'cropped'] as const;
export type CompanionName = (typeof companionNames)[number];

/** `cars.safetensors` -> `cars.mirrored.safetensors` */
export function companionPath(path: string, name: CompanionName): string {
  const extension = '.safetensors';
  return path.endsWith(extension) ? `${path.slice(0, -extension.length)}.${name}${extension}` : `${path}.${name}`;
}
