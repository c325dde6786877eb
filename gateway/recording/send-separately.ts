import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import { encodeBatch } from "../../mesh/recording.ts";
import type { JournalPiece } from "./batch-journal.ts";
import type { JsonBatch } from "./batch-writer.ts";
import { halves } from "./halves.ts";

export interface SeparateOptions {
  readonly request: (batch: Uint8Array) => Promise<void>;
  readonly log: Log;
}

const decoder = new TextDecoder();

/**
 * Sends the records of a piece that nobody takes as a whole: in halves, and halves of those. One that nobody takes by itself must
 * not keep the others from being recorded: it is sent without bodies, and else left out.
 * @throws MeshError what is no fault of the records.
 */
export async function sendSeparately({ begun, ended }: JournalPiece, options: SeparateOptions): Promise<void> {
  await sendHalves({ begun: begun.flatMap(recordsOf), ended: ended.flatMap(recordsOf) }, options);
}

async function send(batch: JsonBatch, options: SeparateOptions): Promise<void> {
  try {
    await options.request(encodeBatch(batch.begun, batch.ended));
  } catch (error) {
    const { code } = MeshError.from(error);
    if (code !== "invalid_request" && code !== "payload_too_large") throw error;
    if (batch.begun.length + batch.ended.length > 1) return sendHalves(batch, options);
    const bare = { begun: batch.begun.map(withoutBodies), ended: batch.ended.map(withoutBodies) };
    const isBare = JSON.stringify(bare) === JSON.stringify(batch);
    if (!isBare) return send(bare, options);
    options.log.error("a call's record is not taken by anybody; it is left out", { error });
  }
}

async function sendHalves(batch: JsonBatch, options: SeparateOptions): Promise<void> {
  for (const half of halves(batch)) if (half.begun.length + half.ended.length > 0) await send(half, options);
}

function recordsOf(list: Uint8Array): string[] {
  return (JSON.parse(`[${decoder.decode(list)}]`) as unknown[]).map((record) => JSON.stringify(record));
}

function withoutBodies(json: string): string {
  const { payload: _payload, response: _response, ...rest } = JSON.parse(json) as Readonly<Record<string, unknown>>;
  return JSON.stringify(rest);
}
