// Functions name their options in backticks, `imageSize`; the terminal shows the flags of the same names.

/** `imageSize` -> `--image-size` */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The message with every option in backticks as its flag. */
export function withFlags(message: string): string {
  return message.replace(/`([a-z][A-Za-z]*)`/g, (_, option: string) => flagOf(option));
}
