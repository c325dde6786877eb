import type { StoredEvent } from "../../mesh/event.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import type { Job, JobStep } from "../../mesh/job.ts";
import { ApiClient } from "../api/api-client.ts";
import { FUNCTIONS_PATH } from "../api/functions.ts";
import { errorText } from "../api/jobs.ts";
import { Failure } from "../failure.ts";
import type { GatewayOptions } from "../gateway-access.ts";
import { followJob } from "../jobs/follow-job.ts";

/** What a function is called with. */
const DATA = { message: "Hello, World!" };

const HANDLER = `export function handler(body, query) {
  return { message: body.message, length: body.message.length };
}
`;

/** What can be seen of one step in the life of a function. */
export interface LifeStep {
  readonly name: "create" | "build" | "deploy" | "invoke" | "invoke again" | "event";
  readonly durationMs: number;
  /** What came out of it: a few lines. */
  readonly lines: readonly string[];
  /** Its own steps. */
  readonly parts: readonly JobStep[];
}

/**
 * Creates a function, builds it, deploys it, calls it twice and reads what is on record of the first call, as any client of the
 * HTTP API does.
 * @throws Failure saying what did not work.
 */
export async function* live(
  options: GatewayOptions,
  { signal, onBegin }: { readonly signal: AbortSignal; readonly onBegin?: (name: LifeStep["name"]) => void },
): AsyncGenerator<LifeStep, void> {
  const api = await ApiClient.open(options);
  const step = async <T>(
    name: LifeStep["name"],
    work: () => Promise<T>,
    tell: (result: T) => Pick<LifeStep, "lines"> & Partial<LifeStep>,
  ): Promise<{ result: T; told: LifeStep }> => {
    signal.throwIfAborted();
    onBegin?.(name);
    const startedAt = performance.now();
    const result = await work();
    return { result, told: { name, durationMs: performance.now() - startedAt, parts: [], ...tell(result) } };
  };
  const job = (path: string): (() => Promise<Job>) => {
    return async () => {
      const { item } = await api.request<Job>(path, { method: "POST" });
      const quiet = { onChange: () => undefined, onLog: () => undefined, onBroken: () => undefined };
      await followJob(item.id, options, { signal, ...quiet });
      const ended = (await api.request<Job>(`/api/v1/jobs/${item.id}`)).item;
      if (ended.state === "succeeded") return ended;
      const why = ended.error === undefined ? ended.state : errorText(ended.error);
      throw new Failure(`the ${ended.kind} of "${ended.label}" did not succeed: ${why}`);
    };
  };

  const created = await step(
    "create",
    async () => {
      const body = { label: "hello-world", template: "javascript", runtime: "bun", handler: HANDLER };
      return (await api.request<StoredFunction>(FUNCTIONS_PATH, { method: "POST", body })).item;
    },
    ({ label, version, id }) => ({ lines: [`"${label}", version ${version}, is stored as ${id}`] }),
  );
  yield created.told;
  const { id } = created.result;

  const built = await step("build", job(`${FUNCTIONS_PATH}/build/${id}`), ({ image, steps }) => ({
    lines: [image?.reference ?? ""],
    parts: steps,
  }));
  yield built.told;

  const deployed = await step("deploy", job(`${FUNCTIONS_PATH}/deploy/${id}`), ({ steps }) => ({
    lines: ["it takes calls"],
    parts: steps,
  }));
  yield deployed.told;

  const invoke = async (): Promise<unknown> => {
    const path = `${FUNCTIONS_PATH}/invoke/${id}`;
    return (await api.request<unknown>(path, { method: "POST", body: { data: DATA } })).item;
  };
  for (const name of ["invoke", "invoke again"] as const) {
    const { told } = await step(name, invoke, (answer) => ({
      lines: [`${JSON.stringify({ data: DATA })} → ${JSON.stringify(answer)}`],
    }));
    yield told;
  }

  const event = await step(
    "event",
    async () => (await api.page<StoredEvent>("/api/v3/events", { source: created.result.label, limit: "1" })).items[0],
    (found) => ({ lines: found === undefined ? ["nothing is on record"] : eventLines(found) }),
  );
  yield event.told;
}

function eventLines({ id, type, status, durationMs, response, traceId }: StoredEvent): readonly string[] {
  const took = durationMs === undefined ? "" : ` after ${durationMs} ms`;
  return [`${type} ${status}${took}: ${JSON.stringify(response)}`, `event ${id}, trace ${traceId ?? "none"}`];
}
