/** Variables that `$NAME` values may stand for. */
export type Environment = Readonly<Record<string, string | undefined>>;
