import { wsconnect } from "@nats-io/nats-core";
import { brokersUnderTest } from "../support/nats.ts";
import { type Dial, brokerConformance } from "./conformance.ts";
import { authConformance, reconnectConformance } from "./connection-conformance.ts";

// One transport per file: the client library keeps its transport in a module global.
const dial: Dial = (broker, options) => wsconnect({ ...options, servers: broker.wsUrl });

for (const kind of brokersUnderTest()) {
  brokerConformance(kind, dial);
  authConformance(kind, dial);
  reconnectConformance(kind, dial);
}
