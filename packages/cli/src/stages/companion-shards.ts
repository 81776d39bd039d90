// What scoring needs besides a shard of part maps: the same maps without background, and those of the mirror images.

export const companionNames = ['foreground', 'mirrored'] as const;
export type CompanionName = (typeof companionNames)[number];

/** `cars.safetensors` -> `cars.mirrored.safetensors` */
export function companionPath(path: string, name: CompanionName): string {
  const extension = '.safetensors';
  return path.endsWith(extension) ? `${path.slice(0, -extension.length)}.${name}${extension}` : `${path}.${name}`;
}
