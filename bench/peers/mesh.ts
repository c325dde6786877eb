/** The gateway with the broker in its process, guarding by HS256 and a `match` rule. */
import { parseConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/runtime/bun.ts";
import { EmbeddedBroker } from "../../mesh/broker/embedded.ts";
import { silentLog } from "../../mesh/log.ts";
import { startNatsServer } from "../../nats-server/server.ts";

const admin = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" };
const config = parseConfig(
  JSON.stringify({
    projects: [
      {
        id: "bench",
        secret: "a-secret-for-the-benchmark-32-bytes",
        services: {
          arithmetic: {
            functions: {
              sum: { rule: admin },
              notedSum: { rule: admin, record: "result" },
              recordedSum: { rule: admin, record: "full" },
            },
          },
          streams: { functions: { default: { rule: "allow" } } },
        },
      },
    ],
    gateway: { port: 0 },
  }),
  { filename: "bench.json", env: {} },
);
const server = await startNatsServer({ tcpPort: 0, wsPort: 0 });
const broker = new EmbeddedBroker(server.connectLocally(), { url: "", log: silentLog });
const recordsFolder = process.env["RECORDS"];
const gateway = await startGateway(config, {
  configFile: import.meta.path,
  broker,
  log: silentLog,
  ...(recordsFolder !== undefined && { recordsFolder }),
});
console.log(JSON.stringify({ url: gateway.url, brokerUrl: server.wsUrl, tcpUrl: server.tcpUrl }));
