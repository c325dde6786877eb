import { expect, test } from "vitest";
import { dialWebSocket } from "../../mesh/broker/dial.ts";
import { NatsBroker } from "../../mesh/broker/nats.ts";
import { errorOf } from "./error-of.ts";
import { openLink } from "./broker-link.ts";
import { recordingLog } from "./recording-log.ts";

test("a socket that cannot even be made is an attempt that failed: the next one may succeed", async () => {
  await using link = await openLink("embedded", "WebSocket");
  const { log, untilSaid } = recordingLog();
  let attempts = 0;
  const dial = dialWebSocket((url) => {
    attempts++;
    if (attempts < 3) throw new Error("no sockets left");
    return new WebSocket(url);
  });
  const broker = new NatsBroker({ url: link.url, name: "test", dial, log });
  await broker.connect();
  expect(await untilSaid("cannot reach the broker yet; trying on")).toMatchObject({ reason: "no sockets left" });
  expect([attempts, broker.status]).toEqual([3, "connected"]);
  await broker.close();
});

test("closing ends attempts that fail in that way", async () => {
  const { log, untilSaid } = recordingLog();
  const dial = dialWebSocket(() => {
    throw new Error("no sockets left");
  });
  const broker = new NatsBroker({ url: "ws://127.0.0.1:9", name: "test", dial, log });
  const failed = errorOf(broker.connect());
  await untilSaid("cannot reach the broker yet; trying on");
  await broker.close();
  expect((await failed).code).toBe("broker_unavailable");
});
