/** What the functions service does for recorded calls: batches off the broker into SQLite. */
import { startRecorder } from "../../functions-service/events/recorder.ts";
import { openSqliteStore } from "../../functions-service/runtime/sqlite.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";

const store = await openSqliteStore(process.env["STORE"] ?? ":memory:", silentLog);
const broker = natsBroker({ url: process.env["NATS_URL"] ?? "", name: "recorder", log: silentLog });
await broker.connect();
await startRecorder({ broker, project: "bench", events: store.events, log: silentLog });
console.log(JSON.stringify({}));
