import { MeshError } from "../mesh/errors.ts";

/** What readers of a path do not agree on once it is decoded: where a segment ends, and what is decoded twice. */
const AMBIGUOUS = /%(2f|5c|7f|[01][\da-f]|25[\da-f]{2})|\/\//i;

/** A path as a service gets it, and as rules see it. */
export interface ServicePath {
  /** Without escapes that it does not need, so that every reader of it sees what the rule saw. */
  readonly path: string;
  /**
   * Without any escapes.
   * @throws MeshError `invalid_request` for a path that the service might read otherwise than the rule; it goes to the
   *   service as it was written, where no rule looks.
   */
  readonly decoded: () => string;
}

/** @param written the path of a URL, whose dot segments are resolved. */
export function toServicePath(written: string): ServicePath {
  const text = AMBIGUOUS.test(written) ? undefined : tryDecode(written);
  return {
    path: text === undefined ? written : encodeURI(text).replaceAll(/[?#]/g, encodeURIComponent),
    decoded: () => {
      if (text === undefined) throw ambiguous("path", written);
      return text;
    },
  };
}

/**
 * The fields of a URL's query: a text, or a list of texts where a name is repeated, because services take the first, the
 * last or all of them.
 *
 * @throws MeshError `invalid_request` for escapes that are none or no UTF-8.
 */
export function decodedQuery({ search, searchParams }: URL): Record<string, string | readonly string[]> {
  if (tryDecode(search) === undefined) throw ambiguous("query", search);
  const fields = [...Map.groupBy(searchParams, ([name]) => name)].map(([name, given]) => {
    const values = given.map(([, value]) => value);
    return [name, values.length === 1 ? values[0] : values];
  });
  return Object.fromEntries(fields) as Record<string, string | readonly string[]>;
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function ambiguous(part: string, written: string): MeshError {
  const text = `the ${part} ${JSON.stringify(written.slice(0, 80))} can be read in more than one way`;
  return new MeshError("invalid_request", text);
}
