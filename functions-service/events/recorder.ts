import type { Broker, IncomingMessage } from "../../mesh/broker.ts";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { encodeFailure } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { QUEUE_GROUP, recordSubject } from "../../mesh/subjects.ts";
import { batchJson, parseBatch } from "../../mesh/recording.ts";
import { randomHex } from "../../mesh/ids.ts";
import { changesOf } from "../recorded-changes.ts";
import type { Journal } from "../store.ts";

/** What records a project's invocations. */
export interface RecorderParts {
  readonly broker: Broker;
  readonly project: string;
  readonly journal: Pick<Journal, "append">;
  readonly log: Log;
}

/**
 * Takes batches of invocations off the broker, and answers each when all of it is in the journal. Several of these share
 * the load. Resolves when the broker has confirmed.
 *
 * @throws MeshError `broker_unavailable` when the broker is not connected.
 */
export async function startRecorder(parts: RecorderParts): Promise<Closable> {
  const { broker, project } = parts;
  const batches = new Batches(parts);
  const working = new Set<Promise<void>>();
  const subscription = broker.subscribe(recordSubject(project), { queue: QUEUE_GROUP }, (message) => {
    const work = batches.take(message).finally(() => working.delete(work));
    working.add(work);
  });
  await broker.flush();
  return {
    async close() {
      // While the broker is away nobody confirms it, and no batch can come.
      if (broker.status === "connected") await subscription.drain();
      await Promise.all(working);
    },
  };
}

/** Appends batches, and answers for them. */
class Batches {
  readonly #parts: RecorderParts;
  #isFull = false;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async take(message: IncomingMessage): Promise<void> {
    const { project, journal } = this.#parts;
    try {
      const json = batchJson(message.payload);
      const batch = parseBatch(json);
      await journal.append(project, changesOf(batch), json);
      if (batch.begun.length > 0) this.#hasRoom();
      message.reply(EMPTY_MESSAGE);
    } catch (thrown) {
      this.#tell(thrown);
      message.reply(encodeFailure(MeshError.from(thrown), { callId: randomHex(16) }));
    }
  }

  #tell(thrown: unknown): void {
    const { project, log } = this.#parts;
    if (!(thrown instanceof MeshError) || thrown.code !== "overloaded") {
      log.error("invocations could not be recorded", { project, error: thrown });
      return;
    }
    // Said once, not for each call that is turned away.
    if (!this.#isFull) log.warn("no more invocations are recorded for now", { project, reason: thrown.message });
    this.#isFull = true;
  }

  #hasRoom(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#parts.log.info("invocations are recorded again", { project: this.#parts.project });
  }
}
