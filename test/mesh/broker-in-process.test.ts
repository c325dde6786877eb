import { brokerConformance } from "./broker-conformance.ts";
import { brokerOutage } from "./broker-outage.ts";

brokerConformance("embedded", "in-process link");
brokerOutage("embedded", "in-process link");
