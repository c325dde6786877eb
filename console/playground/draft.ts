import { type Caller, parseCaller, writeCaller } from "./caller.ts";
import type { PlaygroundSearch } from "./search.ts";

/** What a body is sent as. */
export const JSON_TYPE = "application/json";
export const TEXT_TYPE = "text/plain; charset=utf-8";

/** A call that is being written. */
export interface Draft {
  readonly service: string;
  readonly name: string;
  readonly body: string;
  readonly type: string;
  readonly caller: Caller;
  /** In seconds, as it was typed; `""` for what the gateway gives. */
  readonly timeout: string;
  readonly key: string;
}

/** Reads the call out of an address. @param body what it begins with when the address has none. */
export function draftOf(search: PlaygroundSearch, body: string): Draft {
  return {
    service: search.service ?? "",
    name: search.function ?? "",
    body: search.body ?? body,
    type: search.type ?? JSON_TYPE,
    caller: parseCaller(search.as),
    timeout: search.timeout ?? "",
    key: search.key ?? "",
  };
}

/** Writes the call into an address. A token never is in it. */
export function searchOf({ service, name, body, type, caller, timeout, key }: Draft): PlaygroundSearch {
  const as = writeCaller(caller);
  return {
    ...(service !== "" && { service }),
    ...(name !== "" && { function: name }),
    ...(body !== "" && { body }),
    ...(type !== JSON_TYPE && { type }),
    ...(as !== undefined && { as }),
    ...(timeout !== "" && { timeout }),
    ...(key !== "" && { key }),
  };
}

/** A body as JSON, or what is wrong with it. An empty one is no params at all. */
export function parseBody(text: string): { readonly value: unknown } | { readonly error: string } {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** A value as a body. */
export function writeBody(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}

/** Whether a timeout can be sent. */
export function isTimeout(text: string): boolean {
  return text === "" || (Number.isFinite(Number(text)) && Number(text) > 0);
}

/** The request of a call, but for its token. */
export interface CallRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What is sent for a draft. */
export function requestOf({ service, name, body, type, timeout, key }: Draft, project: string): CallRequest {
  const hasBody = body.trim() !== "";
  return {
    path: `/v1/call/${[project, service, name].map(encodeURIComponent).join("/")}`,
    headers: {
      ...(hasBody && { "Content-Type": type }),
      ...(timeout !== "" && { "X-Request-Timeout": timeout }),
      ...(key !== "" && { "Idempotency-Key": key }),
    },
    body: hasBody ? body : undefined,
  };
}
