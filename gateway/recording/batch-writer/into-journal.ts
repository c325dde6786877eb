import { type Broker, payloadRoom } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { BatchJournal } from "../batch-journal.ts";
import type { BatchWriter } from "../batch-writer.ts";
import type { RecordShipper } from "../record-shipper.ts";

/** Batches that are durable as soon as they are in the gateway's own journal; they are shipped later. */
export function intoJournal(options: {
  readonly broker: Pick<Broker, "maxPayloadBytes">;
  readonly journal: BatchJournal;
  readonly shipper: Pick<RecordShipper, "refusal" | "wake">;
}): BatchWriter {
  const { broker, journal, shipper } = options;
  return {
    get roomBytes() {
      return payloadRoom(broker);
    },
    write(batch) {
      // What has happened is kept, and waits; what has not need not wait, too.
      if (batch.begun.length > 0 && shipper.refusal !== undefined) throw shipper.refusal;
      const roomBytes = payloadRoom(broker);
      if (journal.append(batch, roomBytes)) shipper.wake();
      else throw new MeshError("payload_too_large", `records of more than ${roomBytes} bytes cannot be shipped`);
    },
  };
}
