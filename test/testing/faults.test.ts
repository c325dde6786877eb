import { expect, onTestFailed, test } from "vitest";
import { type FaultOptions, type Faults, type TestMesh, simulate, testMesh } from "../../testing/test-mesh.ts";
import { MeshError } from "../../mesh/errors.ts";
import { defineService } from "../../worker-service/service.ts";
import { shop, stock } from "./services.ts";

/** Prints what was done when the test fails. */
function faultsOf(options: FaultOptions): Faults {
  const faults = simulate(options);
  onTestFailed(() => void process.stderr.write(`${String(faults)}\n`));
  return faults;
}

/** The codes of `count` calls, one after the other. */
async function outcomes(mesh: TestMesh, count: number, timeoutMs = 20): Promise<string[]> {
  const codes: string[] = [];
  for (let done = 0; done < count; done++) {
    codes.push(
      await mesh.call("stock.take", { item: "nut" }, { timeoutMs }).then(
        () => "ok",
        (error: unknown) => (error instanceof MeshError ? error.code : String(error)),
      ),
    );
  }
  return codes;
}

/** What was done to the same calls; calls in between are left out. */
async function historyOf(options: FaultOptions, calls: "in turn" | "at once" | "among others"): Promise<Set<string>> {
  const faults = simulate(options);
  // What is lost is lost when it is sent; an answer that arrives again has to be waited for.
  const timeoutMs = options.loss === undefined ? 10_000 : 20;
  await using mesh = await testMesh({ services: [stock, shop], faults });
  const call = (): Promise<unknown> => mesh.call("stock.take", { item: "nut" }, { timeoutMs }).catch(() => "lost");
  const other = (): Promise<unknown> => mesh.call("shop.whoami", {}, { timeoutMs }).catch(() => "lost");
  const thirty = Array.from({ length: 30 }, () => call);
  if (calls === "in turn") for (const each of thirty) await each();
  if (calls === "at once") await Promise.all(thirty.map((each) => each()));
  if (calls === "among others") await Promise.all(thirty.flatMap((each) => [other(), each(), other()]));
  const ofStock = faults.history.filter(({ message }) => message.startsWith("fn.test.stock"));
  return new Set(ofStock.map(({ message, fate }) => `${message}: ${fate}`));
}

test("without faults nothing happens to messages", async () => {
  const faults = faultsOf({ seed: 1 });
  await using mesh = await testMesh({ services: [stock], faults });
  expect(await outcomes(mesh, 10, 1_000)).toEqual(Array<string>(10).fill("ok"));
  expect(faults.history).toEqual([]);
  expect(String(faults)).toBe("faults of seed 1: none");
});

test.each<[string, FaultOptions]>([
  ["loses", { seed: 5, loss: { requests: 0.3 } }],
  ["duplicates", { seed: 5, duplicate: 0.3 }],
])("the same seed %s the same messages, whatever else goes on", async (_what, options) => {
  const [inTurn, atOnce, amongOthers] = await Promise.all([
    historyOf(options, "in turn"),
    historyOf(options, "at once"),
    historyOf(options, "among others"),
  ]);
  expect(inTurn.size).toBeGreaterThan(5);
  expect(atOnce).toEqual(inTurn);
  expect(amongOthers).toEqual(inTurn);
});

test("another seed hits others", async () => {
  const [one, other] = await Promise.all([
    historyOf({ seed: 1, duplicate: 0.3 }, "in turn"),
    historyOf({ seed: 2, duplicate: 0.3 }, "in turn"),
  ]);
  expect(one).not.toEqual(other);
});

test("a share of the messages is hit, and that share", async () => {
  const faults = simulate({ seed: 3, duplicate: 0.3 });
  await using mesh = await testMesh({ services: [stock], faults });
  await outcomes(mesh, 1_000, 1_000);
  expect(faults.history.length).toBeGreaterThan(250);
  expect(faults.history.length).toBeLessThan(350);
});

test("a lost request does not reach the handler; its caller runs out of time", async () => {
  const faults = faultsOf({ seed: 1, loss: { requests: 1 } });
  await using mesh = await testMesh({ services: [stock], faults });
  expect(await outcomes(mesh, 1)).toEqual(["deadline_exceeded"]);
  expect(mesh.calls).toEqual([]);
  expect(faults.history[0]).toEqual({ message: "fn.test.stock.take#1", fate: "lost" });
});

test("a lost reply leaves the work done and the caller in the dark", async () => {
  const faults = faultsOf({ seed: 1, loss: { replies: 1 } });
  await using mesh = await testMesh({ services: [stock], faults });
  expect(await outcomes(mesh, 1, 200)).toEqual(["deadline_exceeded"]);
  expect(mesh.calls).toHaveLength(1);
  expect(faults.history[0]).toEqual({ message: "fn.test.stock.take#1 reply", fate: "lost" });
});

test("a call with a key survives a reply that is lost; its handler runs twice", async () => {
  const faults = faultsOf({ seed: 1 });
  let runs = 0;
  const clerk = defineService("clerk", {
    sign: async () => {
      if (++runs > 1) return { runs };
      faults.killBroker();
      setTimeout(() => faults.reviveBroker(), 1);
      return "lost with the broker";
    },
  });
  await using mesh = await testMesh({ services: [clerk], faults });
  expect(await mesh.call("clerk.sign", {}, { idempotencyKey: "contract-7" })).toEqual({ runs: 2 });
  expect(mesh.calls.map(({ name }) => name)).toEqual(["clerk.sign", "clerk.sign"]);
});

test("a duplicated call runs the handler twice and answers once", async () => {
  const faults = faultsOf({ seed: 1, duplicate: 1 });
  await using mesh = await testMesh({ services: [stock], faults });
  expect(await mesh.call("stock.take", { item: "nut" })).toBe(3);
  await expect.poll(() => mesh.calls.length).toBe(2);
});

test("delays stay within their range, and messages to one subject in their order", async () => {
  const faults = faultsOf({ seed: 4, delayMs: [1, 20] });
  await using mesh = await testMesh({ services: [stock], faults });
  const items = Array.from({ length: 30 }, (_, index) => "x".repeat(index));
  await Promise.all(items.map((item) => mesh.call("stock.take", { item })));
  expect(mesh.calls.map(({ params }) => (params as { item: string }).item)).toEqual(items);
  const delays = faults.history.map(({ delayMs = 0 }) => delayMs);
  expect(delays).toHaveLength(60);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...delays)).toBeLessThanOrEqual(20);
});

test("a delay that is longer than the caller's time leaves it without an answer", async () => {
  await using mesh = await testMesh({ services: [stock], faults: faultsOf({ seed: 1, delayMs: 60_000 }) });
  expect(await outcomes(mesh, 1)).toEqual(["deadline_exceeded"]);
});

test("calls fail at once while the broker is dead, and go on when it is back", async () => {
  const faults = faultsOf({ seed: 1 });
  await using mesh = await testMesh({ services: [stock], faults });
  const seen: string[] = [];
  mesh.broker.onStatus((status) => seen.push(status));
  faults.killBroker();
  expect(await outcomes(mesh, 1, 60_000)).toEqual(["broker_unavailable"]);
  expect((await mesh.fetch("/v1/call/test/stock/take", { method: "POST", body: "{}" })).status).toBe(503);
  expect((await mesh.fetch("/readyz")).status).toBe(503);
  faults.reviveBroker();
  expect(await outcomes(mesh, 1, 60_000)).toEqual(["ok"]);
  expect(seen).toEqual(["disconnected", "connected"]);
  expect(faults.history.map(({ fate }) => fate)).toEqual(["died", "revived"]);
});

test("what is under way when the broker dies is lost", async () => {
  const faults = faultsOf({ seed: 1, delayMs: 10_000 });
  await using mesh = await testMesh({ services: [stock], faults });
  const call = outcomes(mesh, 1, 20);
  await expect.poll(() => faults.history).toHaveLength(1);
  faults.killBroker();
  faults.reviveBroker();
  expect(await call).toEqual(["deadline_exceeded"]);
  expect(faults.history.map(({ message, fate }) => `${message}: ${fate}`)).toContain(
    "fn.test.stock.take#1: lost with the broker",
  );
});

test("the broker dies with the message it was told to, and comes back by itself", async () => {
  const faults = faultsOf({ seed: 1, brokerDeath: { atMessage: 3, forMs: 5 } });
  await using mesh = await testMesh({ services: [stock], faults });
  // A call is two messages.
  expect(await outcomes(mesh, 1, 10_000)).toEqual(["ok"]);
  expect(await outcomes(mesh, 1)).toEqual(["deadline_exceeded"]);
  await expect.poll(() => mesh.broker.status).toBe("connected");
  expect(await outcomes(mesh, 1, 10_000)).toEqual(["ok"]);
});

test("a history reads as one line for each fault", async () => {
  const faults = faultsOf({ seed: 1, delayMs: 2, duplicate: 1 });
  await using mesh = await testMesh({ services: [stock], faults });
  await mesh.call("stock.take", { item: "nut" });
  expect(String(faults).split("\n").slice(0, 4)).toEqual([
    "faults of seed 1:",
    "  fn.test.stock.take#1: delayed by 2 ms",
    "  fn.test.stock.take#1: duplicated",
    "  fn.test.stock.take#1 reply: delayed by 2 ms",
  ]);
});

test("the parts of a stream have names that do not change", async () => {
  const faults = faultsOf({ seed: 1, delayMs: 1 });
  const counter = defineService("counter", {
    count: async function* () {
      yield 1;
      yield 2;
    },
  });
  await using mesh = await testMesh({ services: [counter], faults });
  expect(await Array.fromAsync(mesh.client<typeof counter>().counter.count())).toEqual([1, 2]);
  expect(faults.history.slice(0, 4).map(({ message }) => message)).toEqual([
    "fn.test.counter.count#1",
    "fn.test.counter.count#1 reply",
    "fn.test.counter.count#1 reply stream#1",
    "fn.test.counter.count#1 reply stream#1 reply",
  ]);
});

test("a stream breaks off with an error when the broker dies", async () => {
  const faults = faultsOf({ seed: 1 });
  const counter = defineService("counter", {
    count: async function* () {
      for (let number = 1; ; number++) yield number;
    },
  });
  await using mesh = await testMesh({ services: [counter], faults });
  const read = async (): Promise<void> => {
    for await (const number of mesh.client<typeof counter>().counter.count()) if (number === 2) faults.killBroker();
  };
  await expect(read()).rejects.toMatchObject({ code: "bad_reply" });
});

test("faults belong to one mesh", async () => {
  const faults = simulate({ seed: 1 });
  await using mesh = await testMesh({ services: [stock], faults });
  await expect(testMesh({ services: [stock], faults })).rejects.toThrow("call simulate() for each mesh");
  expect(await mesh.call("stock.take", { item: "nut" })).toBe(3);
});

test.each<[string, FaultOptions]>([
  ["seed", { seed: 0.5 }],
  ["loss", { seed: 1, loss: 1.1 }],
  ["loss of replies", { seed: 1, loss: { replies: Number.NaN } }],
  ["duplicate", { seed: 1, duplicate: -1 }],
  ["delayMs", { seed: 1, delayMs: [5, 1] }],
  ["brokerDeath", { seed: 1, brokerDeath: { atMessage: 0, forMs: 1 } }],
])("%s is refused when it makes no sense", (name, options) => {
  expect(() => simulate(options)).toThrow(new RegExp(`^${name} is`));
});
