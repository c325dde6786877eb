import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import type { StoredFunction } from "../../mesh/function.ts";
import { useProjectApi } from "../api/api-context.tsx";
import type { HttpApi } from "../api/http-api.ts";
import { ProblemError } from "../api/problem-error.ts";
import { listEvents } from "../events/events-api.ts";
import type { ListedEvent } from "../events/event-row.ts";
import { type RepeatedCall, labelOf, repeatedCall } from "./repeated-call.ts";

/** What came of a call that was made again. */
export interface Replayed {
  readonly call: RepeatedCall;
  readonly status: number;
  /** What it was answered with, as text. */
  readonly body: string;
  /** The record of it; not every call is recorded. */
  readonly id: string | undefined;
}

/** The call that a record is of, as it would be made again. */
export async function callOf(
  api: HttpApi,
  { source }: ListedEvent,
  { payload, project, signal }: { readonly payload: unknown; readonly project: string; readonly signal?: AbortSignal },
): Promise<RepeatedCall> {
  const label = labelOf(source);
  const stored =
    label === undefined
      ? []
      : await api.get<readonly StoredFunction[]>("/api/v1/functions", { query: { limit: 1000 }, signal });
  return repeatedCall(source, payload, { project, storedId: stored.find((each) => each.label === label)?.id });
}

/** Makes a recorded call again, in the name of whoever is signed in. */
export function useReplay(project: string, event: ListedEvent): UseMutationResult<Replayed> {
  const api = useProjectApi(project);
  return useMutation({
    mutationFn: async (payload: unknown): Promise<Replayed> => {
      const call = await callOf(api, event, { payload, project });
      const traceId = hex(16);
      const { method, path, contentType, body } = call;
      const headers = {
        Accept: "*/*",
        traceparent: `00-${traceId}-${hex(8)}-01`,
        ...(contentType !== undefined && { "Content-Type": contentType }),
      };
      const answer = await answerOf(() => api.send(path, { method, headers, ...(body !== undefined && { body }) }));
      const { events } = await listEvents(api, { traceId, source: event.source, limit: 10 });
      // The newest come first: what it led to stands before it.
      return { call, ...answer, id: events.at(-1)?.id };
    },
  });
}

/** A function that failed has answered, too. */
async function answerOf(send: () => Promise<Response>): Promise<{ readonly status: number; readonly body: string }> {
  try {
    const response = await send();
    return { status: response.status, body: await response.text() };
  } catch (error) {
    if (error instanceof ProblemError && error.status > 0) {
      return { status: error.status, body: JSON.stringify(error.problem, null, 2) };
    }
    throw error;
  }
}

function hex(bytes: number): string {
  return crypto
    .getRandomValues(new Uint8Array(bytes))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
}
