import type { BuildMessage } from "../mesh/build.ts";
import type { Log } from "../mesh/log.ts";
import type { BuildDefinition } from "./build.ts";
import { toJobError } from "./failure.ts";
import type { Build } from "./shared-builds.ts";
import { toldMessages } from "./told-messages.ts";

/** What is known of the call that asks for a build. */
export interface BuildContext {
  readonly signal: AbortSignal;
  readonly callId: string;
  readonly log: Log;
}

const INTERNAL = {
  code: "internal",
  message: "the build failed for a reason of the builder's own; its log has the details",
};

/**
 * Builds, and tells how it goes: what happens, as it happens, and the image at last, or why there is none. Rejects with the
 * signal's reason when it aborts.
 */
export function buildMessages(
  build: Build,
  definition: BuildDefinition,
  { signal, callId, log }: BuildContext,
): AsyncGenerator<BuildMessage, void, undefined> {
  return toldMessages<BuildMessage>(async (tell) => {
    try {
      const { reference, repository, descriptor } = await build(definition, {
        ...{ signal, onProgress: tell, invocationId: callId },
      });
      tell({ image: { reference, repository, digest: descriptor.digest } });
    } catch (error) {
      if (signal.aborted) return;
      const shown = toJobError(error);
      if (shown === undefined) log.error("a build failed", { function: definition.label, error });
      tell({ error: shown ?? INTERNAL });
    }
  }, signal);
}
