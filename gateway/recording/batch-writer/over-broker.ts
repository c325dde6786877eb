import { type Broker, payloadRoom } from "../../../mesh/broker.ts";
import { decodeReply } from "../../../mesh/call.ts";
import { recordSubject } from "../../../mesh/subjects.ts";
import { encodeBatch } from "../../../mesh/recording.ts";
import type { BatchWriter } from "../batch-writer.ts";

/** Batches that are durable when the functions service of their project has acknowledged them. */
export function overBroker(options: {
  readonly broker: Broker;
  readonly project: string;
  /** How long the functions service may take for a batch, in milliseconds. */
  readonly ackMs: number;
}): BatchWriter {
  const { broker, project, ackMs: timeoutMs } = options;
  const subject = recordSubject(project);
  return {
    get roomBytes() {
      return payloadRoom(broker);
    },
    async write({ begun, ended }) {
      const message = { payload: encodeBatch(begun, ended), headers: {} };
      decodeReply(await broker.request(subject, message, { timeoutMs }));
    },
  };
}
