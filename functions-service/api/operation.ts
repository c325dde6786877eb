import type * as v from "valibot";
import type { Claims } from "../../mesh/call.ts";
import type { ServiceCallOptions } from "../../mesh/caller.ts";
import type { Log } from "../../mesh/log.ts";
import type { Store } from "../store.ts";
import type { EventStreams } from "./event-streams.ts";
import { parseBody, parsePath, parseQuery } from "./parse.ts";

/** What an operation works with. */
export interface ApiParts {
  readonly store: Pick<Store, "functions" | "events" | "journal" | "jobs">;
  readonly streams: EventStreams;
  readonly project: string;
  readonly now: () => Date;
  /** Tells whoever runs jobs that there is one. */
  readonly wakeJobs: () => void;
}

/** What is known of the call that brings a request. The context of a mesh service is one. */
export interface RequestContext {
  readonly callId: string;
  /** Who calls. */
  readonly claims: Claims;
  /** When the caller stops waiting: milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly trace: { readonly traceId: string };
  readonly log: Log;
  /** Calls a function of the same project in the caller's name. */
  call(service: string, name: string, params?: unknown, options?: ServiceCallOptions): Promise<unknown>;
}

/** One thing that the API does: what serves it is what documents it. */
export interface Operation extends OperationFace {
  /** @throws MeshError for a request that does not fit, or what went wrong. */
  answer(request: IncomingRequest, parts: ApiParts, context: RequestContext): Promise<Response>;
}

/** An operation as it is seen from outside. */
export interface OperationFace {
  /** `listFunctions`: the name in generated clients. */
  readonly id: string;
  readonly tag: string;
  readonly method: "get" | "post" | "put" | "delete";
  /** With its parts in braces, as OpenAPI writes them. */
  readonly path: `/api/${string}`;
  readonly summary: string;
  readonly description?: string;
  readonly params?: ObjectSchema;
  readonly query?: ObjectSchema;
  /** Request headers that it looks at, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: v.GenericSchema;
  /** Left out where it cannot be had yet. */
  readonly success?: Success;
  /** Statuses of its refusals, beside those that every operation has. */
  readonly refusals: readonly number[];
}

export interface Success {
  readonly status: 200 | 201 | 202 | 204;
  /** Other statuses of the same answer, and what they say. */
  readonly also?: Readonly<Record<number, string>>;
  readonly description: string;
  /** What it is as JSON. `undefined`: no JSON. `"anything"`: whatever the function answers with. */
  readonly body?: v.GenericSchema | "anything";
  /** Media types of what it is as text, by choice of the caller or instead of JSON. */
  readonly texts?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export type ObjectSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

export interface IncomingRequest {
  readonly raw: Request;
  readonly url: URL;
  /** The parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** A request whose every part has been checked. */
export interface CheckedRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Headers;
  readonly method: string;
  readonly url: URL;
}

type Given<S> = S extends v.GenericSchema ? v.InferOutput<S> : undefined;
type Face<P, Q, B> = OperationFace & { readonly params?: P; readonly query?: Q; readonly body?: B };

/** An operation whose handler gets what its schemas let through. */
export function operation<
  P extends ObjectSchema | undefined = undefined,
  Q extends ObjectSchema | undefined = undefined,
  B extends v.GenericSchema | undefined = undefined,
>(
  face: Face<P, Q, B>,
  handle: (
    request: CheckedRequest<Given<P>, Given<Q>, Given<B>>,
    parts: ApiParts,
    context: RequestContext,
  ) => Promise<Response>,
): Operation {
  const { params, query, body } = face;
  return {
    ...face,
    async answer({ raw, url, params: given }, parts, context) {
      // What is not declared is `undefined`, which is what `Given` says of it.
      const checked = {
        params: (params && parsePath(params, given, url)) as Given<P>,
        query: (query && parseQuery(query, url.searchParams)) as Given<Q>,
        body: (body && (await parseBody(body, raw))) as Given<B>,
        headers: raw.headers,
        method: raw.method,
        url,
      };
      return handle(checked, parts, context);
    },
  };
}
