import { expect, test } from "vitest";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { brokerConformance } from "./broker-conformance.ts";
import { openLink } from "./broker-link.ts";
import { errorOf } from "./error-of.ts";

brokerConformance("embedded", "function calls");

test("closing an embedded broker is final: it ends requests that wait, refuses new ones and tells its listeners once", async () => {
  await using link = await openLink("embedded", "function calls");
  const broker = await link.connect();
  const statuses: string[] = [];
  broker.onStatus((status) => statuses.push(status));
  broker.subscribe("silent", {}, () => undefined);
  const waiting = errorOf(broker.request("silent", EMPTY_MESSAGE, { timeoutMs: 60_000 }));
  await broker.close();
  await broker.close();
  expect(await waiting).toMatchObject({ code: "broker_unavailable" });
  expect(await errorOf(broker.request("silent", EMPTY_MESSAGE, { timeoutMs: 60_000 }))).toMatchObject({
    code: "broker_unavailable",
  });
  expect(() => broker.publish("silent", EMPTY_MESSAGE)).toThrow(/is closed/);
  expect(statuses).toEqual(["closed"]);
});

test("clients by socket and by function calls share a queue group", async () => {
  await using near = await openLink("embedded", "function calls");
  const local = await near.connect();
  const remote = near.client();
  await remote.connect();
  const counts = { local: 0, remote: 0 };
  local.subscribe("shared", { queue: "q" }, (message) => (counts.local++, message.reply(message)));
  remote.subscribe("shared", { queue: "q" }, (message) => (counts.remote++, message.reply(message)));
  await remote.flush();
  const requests = Array.from({ length: 100 }, () =>
    [local, remote].map((caller) => caller.request("shared", EMPTY_MESSAGE, { timeoutMs: 15_000 })),
  );
  await Promise.all(requests.flat());
  expect(counts.local + counts.remote).toBe(200);
  expect(Math.min(counts.local, counts.remote)).toBeGreaterThan(40);
});
