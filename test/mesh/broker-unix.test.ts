import { brokersUnderTest } from "../support/nats.ts";
import { brokerConformance } from "./broker-conformance.ts";
import { brokerOutage } from "./broker-outage.ts";

for (const kind of brokersUnderTest()) {
  brokerConformance(kind, "Unix socket");
  brokerOutage(kind, "Unix socket");
}
