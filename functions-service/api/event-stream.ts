import { parseAccept } from "hono/utils/accept";
import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";

/** Media type of server-sent events. */
export const EVENT_STREAM = "text/event-stream";

/** Media type of lines of text. */
export const TEXT = "text/plain";

const JSON_TYPES = ["application/json", "application/*"];
const SEQUENCE = /^\d{1,15}$/;

/** Where a stream begins, in a query. */
export const afterQuery = v.optional(
  v.pipe(
    v.string(),
    v.regex(SEQUENCE, "use the id of an event of the stream"),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(0),
    v.description(`As \`Last-Event-ID\`, which goes before it. Only with \`Accept: ${EVENT_STREAM}\`.`),
  ),
);

/** Whether a caller wants a stream rather than JSON. Who would take either gets JSON, as ever. */
export function wantsStream(headers: Headers): boolean {
  return chosenType(headers, [EVENT_STREAM]) !== undefined;
}

/** Which of these types a caller wants rather than JSON; `undefined`: none of them. Of those wanted alike it is the first. */
export function chosenType<Type extends string>(headers: Headers, types: readonly Type[]): Type | undefined {
  const accepted = parseAccept(headers.get("Accept") ?? "");
  const weight = (named: readonly string[]): number =>
    Math.max(0, ...accepted.filter(({ type }) => named.includes(type.toLowerCase())).map(({ q }) => q));
  const most = Math.max(...types.map((type) => weight([type])));
  return most > weight(JSON_TYPES) ? types.find((type) => weight([type]) === most) : undefined;
}

/**
 * The sequence after which a stream is to begin, or `undefined` for from now on.
 * @throws MeshError `invalid_request` for a `Last-Event-ID` that is none of ours.
 */
export function startOfStream(headers: Headers, after: number | undefined): number | undefined {
  const last = headers.get("Last-Event-ID") ?? "";
  if (last === "") return after;
  if (SEQUENCE.test(last)) return Number(last);
  throw new MeshError(
    "invalid_request",
    `the Last-Event-ID ${JSON.stringify(last.slice(0, 40))} is none of this stream`,
  );
}

/** @throws MeshError `invalid_request` when one of the names stands in the query. */
export function refuseInQuery(query: Readonly<Record<string, unknown>>, names: readonly string[], why: string): void {
  const issues = names.filter((name) => query[name] !== undefined).map((name) => ({ path: [name], message: why }));
  const [first] = issues;
  if (first === undefined) return;
  throw new MeshError("invalid_request", `query.${first.path.join(".")}: ${why}`, { issues });
}

/** The response that a stream of events is, or of lines of text. */
export function streamResponse(
  stream: ReadableStream<Uint8Array>,
  type: typeof EVENT_STREAM | typeof TEXT = EVENT_STREAM,
): Response {
  const contentType = type === TEXT ? `${TEXT}; charset=utf-8` : type;
  const headers = { "Content-Type": contentType, "Cache-Control": "no-cache", "X-Accel-Buffering": "no" };
  return new Response(stream, { headers: { ...headers, Vary: "Accept" } });
}
