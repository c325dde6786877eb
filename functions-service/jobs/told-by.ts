import { MeshError } from "../../mesh/errors.ts";
import { askHand, itemsOf } from "../ask-mesh.ts";
import type { JobWork } from "./job-work.ts";

/** A service that does jobs, and tells how they go. */
export interface Hand<Message> {
  readonly service: string;
  readonly name: string;
  /** @throws MeshError `bad_reply` for what it never says. */
  readonly parse: (message: unknown) => Message;
}

/** How long it may take to begin, in milliseconds: others may have their turn before. */
const TIMEOUT_MS = 300_000;

/**
 * Has a service do something, and gives what it tells.
 * @throws MeshError `worker_unavailable` where there is none or it went away, so that another can begin anew; or what went wrong
 *   between it and us.
 */
export async function* toldBy<Message>(
  { service, name, parse }: Hand<Message>,
  params: unknown,
  { job, call, signal }: Pick<JobWork, "job" | "call" | "signal">,
): AsyncGenerator<Message, void> {
  const ask = () => call(service, name, params, { timeoutMs: TIMEOUT_MS, signal });
  const messages = itemsOf(await askHand(service, job.project, ask), service);
  for await (const message of whileItIsThere(messages, service, signal)) yield parse(message);
}

/** What breaks off, or is given up by the other side, was a service that stopped: it is no fault of the function. */
async function* whileItIsThere(
  messages: AsyncIterable<unknown>,
  service: string,
  signal: AbortSignal,
): AsyncGenerator<unknown, void> {
  try {
    yield* messages;
  } catch (cause) {
    const isGone = cause instanceof MeshError && (cause.code === "bad_reply" || cause.code === "cancelled");
    if (signal.aborted || !isGone) throw cause;
    throw new MeshError("worker_unavailable", `the ${service} went away in the middle: ${cause.message}`, { cause });
  }
}
