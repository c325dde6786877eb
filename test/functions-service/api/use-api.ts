import { onTestFinished } from "vitest";
import type { ServiceCallOptions } from "../../../mesh/caller.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { type LogFields, silentLog } from "../../../mesh/log.ts";
import { type FunctionsAppParts, createFunctionsApp } from "../../../functions-service/app.ts";
import type { RequestContext } from "../../../functions-service/api/operation.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import { installedSwaggerAssets } from "../../../functions-service/runtime/swagger-assets.ts";
import type { Store } from "../../../functions-service/store.ts";

/** The API over a store in memory, for callers in the name of `ada`. */
export interface TestApi {
  readonly store: Store;
  /** What it has logged as an error. */
  readonly logged: readonly (LogFields & { readonly message: string })[];
  send(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Response>;
  /** The same for its JSON. */
  json<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<T>;
  fetch(request: Request): Promise<Response>;
  endStreams(): void;
}

export type Call = (service: string, name: string, params: unknown, options: ServiceCallOptions) => unknown;

/** The mesh of these tests: nobody serves anything. */
const nobody: Call = (service, name) => {
  throw new MeshError("worker_unavailable", `nobody serves "${service}.${name}"`, { retryAfterSeconds: 1 });
};

/** What may be said of the API under test. */
export interface TestApiOptions extends Partial<
  Pick<FunctionsAppParts, "onProgress" | "heartbeatMs" | "now" | "wakeJobs">
> {
  /** Answers calls of the mesh's functions. */
  readonly call?: Call;
  readonly claims?: RequestContext["claims"];
  readonly wrap?: (store: Store) => Store;
}

export async function useApi({
  call = nobody,
  claims = { id: "ada" },
  wrap = (store) => store,
  ...parts
}: TestApiOptions = {}): Promise<TestApi> {
  const store = await openSqliteStore(":memory:", silentLog);
  onTestFinished(() => store.close());
  const logged: (LogFields & { readonly message: string })[] = [];
  const context: RequestContext = {
    callId: "c0ffee",
    claims,
    deadlineMs: Date.now() + 60_000,
    trace: { traceId: "0af7651916cd43dd8448eb211c80319c" },
    log: { ...silentLog, error: (message, fields) => void logged.push({ ...fields, message }) },
    call: async (service, name, params, options = {}) => call(service, name, params, options),
  };
  const app = createFunctionsApp({
    ...{ store: wrap(store), project: "shop", swaggerAssets: installedSwaggerAssets },
    ...parts,
  });
  const fetch = async (request: Request): Promise<Response> => app.fetch(request, context);
  const send: TestApi["send"] = (method, path, body, headers) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const given = new Headers(headers);
    if (!given.has("Content-Type")) given.set("Content-Type", "application/json");
    return fetch(
      new Request(`http://mesh.test${path}`, { method, headers: given, ...(text !== undefined && { body: text }) }),
    );
  };
  return {
    store,
    logged,
    send,
    fetch,
    endStreams: app.endStreams,
    // Tests say what they expect to get.
    json: async <T>(...given: Parameters<typeof send>) => (await (await send(...given)).json()) as T,
  };
}

/** The least a function may consist of. */
export const hello = { label: "hello", handler: "export default () => 'hello'" };

export const FUNCTIONS = "/api/v1/functions";
export const EVENTS = "/api/v3/events";
export const NO_ID = "00000000-0000-4000-8000-000000000000";
