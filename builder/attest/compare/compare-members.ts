/** The two that are compared, as differences name them. */
export type Names = readonly [one: string, other: string];

/** Says in which members two values differ: `"Env"`, `"Labels.version"`. Lists are compared as a whole. */
export function compareMembers(one: unknown, other: unknown, names: Names, path = ""): readonly string[] {
  if (isRecord(one) && isRecord(other)) {
    const members = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
    return members.flatMap((name) =>
      compareMembers(one[name], other[name], names, path === "" ? name : `${path}.${name}`),
    );
  }
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  return left === right ? [] : [`"${path}" is ${shown(left)} in ${names[0]}, ${shown(right)} in ${names[1]}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const MAX_SHOWN = 200;

function shown(json: string | undefined): string {
  if (json === undefined) return "missing";
  return json.length <= MAX_SHOWN ? json : `${json.slice(0, MAX_SHOWN)}…`;
}
