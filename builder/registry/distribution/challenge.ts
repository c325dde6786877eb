/** One way in that a registry offers (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const SCHEME = /[\s,]*([a-z][a-z0-9_-]*)(?=[\s,]|$)(?!\s*=)/iy;
const PARAMETER = /[\s,]*([a-z][a-z0-9_-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/iy;
const MAX_LENGTH = 8192;

/** Reads `WWW-Authenticate`, which may hold several challenges; what cannot be read ends the list. */
export function parseChallenges(header: string | null): readonly Challenge[] {
  const text = header?.slice(0, MAX_LENGTH) ?? "";
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (let scheme = take(SCHEME); scheme !== null; scheme = take(SCHEME)) {
    const parameters = new Map<string, string>();
    for (let found = take(PARAMETER); found !== null; found = take(PARAMETER)) {
      const [, name = "", quoted, plain = ""] = found;
      parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? plain);
    }
    challenges.push({ scheme: scheme[1]?.toLowerCase() ?? "", parameters });
  }
  return challenges;
}
