import { BUILD_FUNCTION, type BuildDefinition, type BuildMessage, parseBuildMessage } from "../../mesh/build.ts";
import { MeshError } from "../../mesh/errors.ts";
import { BUILDER_SERVICE } from "../../mesh/names.ts";
import type { JobOutcome } from "../store.ts";
import type { ProgressLog } from "./progress-log.ts";

/** Calls a function of the project's mesh. */
export type CallMesh = (
  service: string,
  name: string,
  params: unknown,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<unknown>;

/** How long a builder may take to begin, in milliseconds: others may have their turn before. */
const TIMEOUT_MS = 300_000;

/**
 * Has a builder build a version, and writes down what it tells.
 * @throws MeshError `worker_unavailable` where there is none or it went away, so that another can begin anew; or what went wrong
 *   between it and us.
 */
export async function runBuild(
  definition: BuildDefinition,
  { call, progress, signal }: { readonly call: CallMesh; readonly progress: ProgressLog; readonly signal: AbortSignal },
): Promise<JobOutcome> {
  for await (const item of await askBuilder(definition, call, signal)) {
    const message: BuildMessage = parseBuildMessage(item);
    if ("image" in message) return { state: "succeeded", image: message.image };
    if ("error" in message) return { state: "failed", error: message.error };
    progress.add(message);
  }
  throw new MeshError("bad_reply", "the builder ended without an image and without saying why");
}

async function askBuilder(
  definition: BuildDefinition,
  call: CallMesh,
  signal: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  let answer: unknown;
  try {
    answer = await call(BUILDER_SERVICE, BUILD_FUNCTION, definition, { timeoutMs: TIMEOUT_MS, signal });
  } catch (cause) {
    if (!(cause instanceof MeshError) || cause.code !== "worker_unavailable") throw cause;
    const text = `no builder serves project "${definition.project}"; start one: fmesh builder`;
    throw new MeshError("worker_unavailable", text, { cause });
  }
  if (isAsyncIterable(answer)) return whileItIsThere(answer, signal);
  throw new MeshError("bad_reply", "the builder answered with a value, not with messages");
}

/** What breaks off, or is given up by the other side, was a builder that stopped: it is no fault of the function. */
async function* whileItIsThere(messages: AsyncIterable<unknown>, signal: AbortSignal): AsyncIterable<unknown> {
  try {
    yield* messages;
  } catch (cause) {
    const isGone = cause instanceof MeshError && (cause.code === "bad_reply" || cause.code === "cancelled");
    if (signal.aborted || !isGone) throw cause;
    throw new MeshError("worker_unavailable", `the builder went away while it built: ${cause.message}`, { cause });
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
