/** What is called, and how, as it stands in the address: never a token. */
export interface PlaygroundSearch {
  readonly service?: string;
  readonly function?: string;
  /** The body: JSON, or a text. */
  readonly body?: string;
  /** What the body is, unless JSON. */
  readonly type?: string;
  /** In whose name: `anonymous`, or claims as JSON. */
  readonly as?: string;
  /** How long to wait, in seconds. */
  readonly timeout?: string;
  readonly key?: string;
}

const NAMES = ["service", "function", "body", "type", "as", "timeout", "key"] as const;

/** Longer bodies are not carried by addresses. */
const LONGEST = 8_000;

/** Reads a search; what makes no sense is left out. */
export function parsePlaygroundSearch(search: Readonly<Record<string, unknown>>): PlaygroundSearch {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const text = textOf(search[name]);
      return text === undefined || text.length > LONGEST ? [] : [[name, text]];
    }),
  );
}

/** The router reads what looks like JSON as such. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
