import { MeshError } from "../mesh/errors.ts";
import { type Payload, decodePayload } from "../mesh/payload.ts";

/**
 * How deep params may be nested for a rule to look at them. Rules hand params on as JSON, and writing what is nested
 * some ten thousand deep keeps the whole process busy for half a second before it fails.
 */
const MAX_DEPTH = 1000;

/**
 * A call's params as a value, for rules that look at them.
 * @throws MeshError `invalid_request` when they are not what their type says, or nested too deep.
 */
export function ruleParams(sent: Payload): unknown {
  const params = decodePayload(sent);
  // A level takes two bytes at least.
  if (sent.payload.length > 2 * MAX_DEPTH && !isWithin(MAX_DEPTH, params)) {
    throw new MeshError("invalid_request", `the params are nested deeper than ${MAX_DEPTH} levels; flatten them`);
  }
  return params;
}

function isWithin(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  return levels > 0 && Object.values(value).every((item) => isWithin(levels - 1, item));
}
