import type { BrokerStatus } from "../../mesh/broker.ts";
import { CarriedBroker } from "../../mesh/broker/carried-broker.ts";
import { MeshError } from "../../mesh/errors.ts";

/** What a function that is in no mesh has for a broker: it can call nobody, and is told why. */
export class NoBroker extends CarriedBroker {
  readonly status: BrokerStatus = "disconnected";
  readonly url = "";
  readonly maxPayloadBytes = 1_048_576;

  flush(): Promise<void> {
    return Promise.reject(this.unavailable());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  protected carrier(): undefined {
    return undefined;
  }

  protected override unavailable(): MeshError {
    return new MeshError("broker_unavailable", "this function is in no mesh; deploy it with NATS_URL to call others");
  }
}
