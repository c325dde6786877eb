import { brokersUnderTest } from "../support/nats.ts";
import { streamConformance } from "./stream-conformance.ts";

for (const kind of brokersUnderTest()) streamConformance(kind, "Unix socket");
