/** How text is set off where colours are shown; as it is where they are not. */
export interface Style {
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/**
 * Colours for people at terminals: none in files and pipes, none with `NO_COLOR` (https://no-color.org) or on a dumb one.
 */
export function styleFor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Style {
  const { NO_COLOR = "", TERM } = env;
  const hasColors = isTerminal && NO_COLOR === "" && TERM !== "dumb";
  const paint = (code: number) => (text: string) =>
    hasColors && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { dim: paint(2), red: paint(31), yellow: paint(33) };
}
