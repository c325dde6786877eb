import { MeshError } from "../mesh/errors.ts";

/** Calls a function of the project's mesh. */
export type CallMesh = (
  service: string,
  name: string,
  params: unknown,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<unknown>;

/**
 * Asks a service that the functions service has work done by. Each is started by the command of its name.
 * @throws MeshError `worker_unavailable` naming the command where there is none; otherwise as `ask`.
 */
export async function askHand(service: string, project: string, ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof MeshError) || cause.code !== "worker_unavailable") throw cause;
    const { retryAfterSeconds = 1 } = cause;
    const text = `no ${service} serves project "${project}"; start one: fmesh ${service}`;
    throw new MeshError("worker_unavailable", text, { retryAfterSeconds, cause });
  }
}

/** What a service answered, item by item. @throws MeshError `bad_reply` for a single value. */
export function itemsOf(answer: unknown, service: string): AsyncIterable<unknown> {
  if (typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer) {
    return answer as AsyncIterable<unknown>;
  }
  throw new MeshError("bad_reply", `the ${service} answered with a value, not with messages`);
}
