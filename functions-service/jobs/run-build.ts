import {
  BUILDER_SERVICE,
  BUILD_FUNCTION,
  type BuildDefinition,
  type BuildMessage,
  parseBuildMessage,
} from "../../mesh/build.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { JobOutcome } from "../store.ts";
import type { ProgressLog } from "./progress-log.ts";

/** Calls a function of the project's mesh. */
export type CallMesh = (
  service: string,
  name: string,
  params: unknown,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<unknown>;

/** How long a build may take, in milliseconds: what builders allow for every part of it, and some. */
const TIMEOUT_MS = 300_000;

/**
 * Has a builder build a version, and writes down what it tells.
 * @throws MeshError `worker_unavailable` where there is none, or what went wrong between it and us.
 */
export async function runBuild(
  definition: BuildDefinition,
  { call, progress, signal }: { readonly call: CallMesh; readonly progress: ProgressLog; readonly signal: AbortSignal },
): Promise<JobOutcome> {
  const answer = await call(BUILDER_SERVICE, BUILD_FUNCTION, definition, { timeoutMs: TIMEOUT_MS, signal });
  if (!isAsyncIterable(answer))
    throw new MeshError("bad_reply", "the builder answered with a value, not with messages");
  for await (const item of answer) {
    const message: BuildMessage = parseBuildMessage(item);
    if ("image" in message) return { state: "succeeded", image: message.image };
    if ("error" in message) return { state: "failed", error: message.error };
    progress.add(message);
  }
  throw new MeshError("bad_reply", "the builder ended without an image and without saying why");
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
