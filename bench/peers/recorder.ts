/** The functions service as the product runs it, on a SQLite file: what records calls, projects their events and tells of them. */
import { openFunctionsService } from "../../functions-service/runtime/bun.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog as log } from "../../mesh/log.ts";

const broker = natsBroker({ url: process.env["NATS_URL"] ?? "", name: "functions", log });
await broker.connect();
const databaseUrl = `sqlite:${process.env["STORE"] ?? ":memory:"}`;
const service = await openFunctionsService({ databaseUrl, rabbitmqUrl: undefined, broker, log, version: "0.0.0" });
await service.openProject("bench");
console.log(JSON.stringify({}));
