import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Broker } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { Caller } from "../../mesh/caller.ts";
import { silentLog } from "../../mesh/log.ts";
import { continueTrace } from "../../mesh/trace.ts";
import {
  type ExampleFolder,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";
import { type BrokerUnderTest, brokersUnderTest, useNats } from "../support/nats.ts";
import { startAtTerminal } from "../support/terminal.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

/** A worker that logs what it is told to. */
const TALKER = `import { service } from "functions-mesh";
const say = ({ level = "info", text, times = 1 }, { log }) => {
  for (let time = 0; time < times; time++) log[level](text);
};
await service(process.argv[2], { say }).start();
`;

interface Line {
  readonly level: string;
  readonly message: string;
  readonly service?: string;
}

describe.each(brokersUnderTest())("fmesh logs over %s", (kind) => {
  let nats: BrokerUnderTest;
  let example: ExampleFolder;
  let workers: RunningCommand[];
  let broker: Broker;
  let env: Record<string, string>;
  const say = (service: string, what: object): Promise<unknown> => {
    const trace = continueTrace(`00-${TRACE_ID}-00f067aa0ba902b7-01`, undefined, undefined);
    return new Caller(broker, "shop").call(service, "say", what, { trace });
  };
  const logs = async (...args: string[]): Promise<Line[]> => {
    const { code, output } = await runFmesh(["logs", "--no-follow", "--json", ...args], { env });
    expect(code).toBe(0);
    return output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line);
  };
  const said = async (...args: string[]): Promise<string[]> => (await logs(...args)).map(({ message }) => message);

  beforeAll(async () => {
    nats = await useNats(kind);
    env = { NATS_URL: nats.wsUrl, FMESH_PROJECT: "shop" };
    example = await copyExample();
    const script = join(example.folder, "talker.ts");
    await writeFile(script, TALKER);
    workers = ["alice", "bob"].map((name) => startCommand([process.execPath, script, name], { env }));
    await Promise.all(workers.map((worker) => worker.until(/service is up/)));
    const connection = natsBroker({ url: nats.wsUrl, name: "test", log: silentLog });
    await connection.connect();
    broker = connection;
    for (const [name, text] of [
      ["alice", "one"],
      ["bob", "two"],
      ["alice", "three"],
    ] as const) {
      await say(name, { text, level: text === "two" ? "warn" : "info" });
      await Bun.sleep(2); // times are in milliseconds: these shall differ
    }
  });
  afterAll(async () => {
    await broker.close();
    await Promise.all(workers.map((worker) => worker.stop("SIGTERM")));
    await example.remove();
    await nats.stop();
  });

  test("the last lines of all workers come in the order of their time", async () => {
    expect((await said()).filter((message) => message !== "service is up")).toEqual(["one", "two", "three"]);
    expect(await said("--lines", "2")).toEqual(["two", "three"]);
    expect(await said("--lines", "0")).toEqual([]);
  });

  test("they can be those of a service, of a level or of a trace", async () => {
    expect(await said("bob")).toEqual(["service is up", "two"]);
    expect(await said("--level", "warn")).toEqual(["two"]);
    expect(await said("--trace", TRACE_ID)).toEqual(["one", "two", "three"]);
    expect(await said("--trace", "0".repeat(31).concat("1"))).toEqual([]);
  });

  test("a person reads time, service, instance and what was said", async () => {
    const { output } = await runFmesh(["logs", "bob", "--no-follow"], { env });
    const [, line = ""] = output.trim().split("\n");
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} bob [0-9a-f]+ │ ! two {2}callId=[0-9a-f]+ {2}traceId=4bf9/);
  });

  test("lines that come are shown once each, and only those asked for", async () => {
    const [all, warnings] = [[], ["--level", "warn"]].map((args) =>
      startFmesh(["logs", "--json", ...args], { env }),
    ) as [RunningCommand, RunningCommand];
    await Promise.all([all.until(/"three"/), warnings.until(/"two"/)]);
    for (let count = 0; count < 20; count++) await say(count % 2 === 0 ? "alice" : "bob", { text: `number ${count}` });
    await say("alice", { text: "the end", level: "error" });
    await all.until(/"the end"/);
    await warnings.until(/"the end"/);
    expect([await all.stop("SIGINT"), await warnings.stop("SIGTERM")]).toEqual([0, 0]);
    const lines = all.output().trim().split("\n");
    const numbers = lines.map((line) => (JSON.parse(line) as Line).message).filter((text) => text.startsWith("number"));
    expect(numbers.toSorted()).toEqual(Array.from({ length: 20 }, (_, count) => `number ${count}`).toSorted());
    expect(warnings.output()).not.toContain("number");
  });

  test("when the broker was away, what was said meanwhile is shown when it is back", async () => {
    const following = startFmesh(["logs", "alice", "--json", "--lines", "1"], { env });
    await following.until(/\n/);
    await nats.stop();
    await following.until(/the broker at ws:\S+ cannot be reached; trying on/);
    nats = await useNats(kind, { wsPort: Number(new URL(nats.wsUrl).port) });
    await untilServed(() => say("alice", { text: "back again" }));
    await following.until(/back again/);
    expect(await following.stop()).toBe(0);
    expect(following.output().match(/back again/g)).toHaveLength(1);
  });

  test("whoever stops reading ends it", async () => {
    const shell = startCommand(["bash", "-c", `"$0" cli/main.ts logs --json | head -1`, process.execPath], { env });
    await shell.until(/\n/);
    await say("alice", { text: "to nobody", times: 3 });
    await say("alice", { text: "to nobody", times: 3 });
    expect(await shell.exited).toBe(0);
  });

  test("what a worker without our kit writes is shown, but commands no terminal", async () => {
    const following = startAtTerminal(["logs", "--lines", "0"], {
      columns: 120,
      rows: 30,
      env: { ...env, NO_COLOR: "1" },
    });
    const evil = { payload: new TextEncoder().encode('plain \u001b[2Jtext\n{"message":"\\u001b]0;title\\u0007"}') };
    const timer = setInterval(() => broker.publish("log.shop.foreign", { ...evil, headers: {} }), 100);
    await following.until(/plain[^]*title/);
    clearInterval(timer);
    following.press("\u0003");
    expect(await following.exited).toBe(0);
    expect(following.output().replaceAll("^C", "")).not.toContain("\u001b");
    const json = startFmesh(["logs", "--lines", "0", "--json"], { env });
    const again = setInterval(() => broker.publish("log.shop.foreign", { ...evil, headers: {} }), 100);
    await json.until(/title[^]*\n/);
    clearInterval(again);
    await json.stop();
    expect(JSON.parse(json.output().split("\n")[0] ?? "")).toEqual({ message: "plain \u001b[2Jtext" });
  });

  test.each([
    [["a.b"], 2, /"a\.b" cannot be a service/],
    [["--lines", "many"], 2, /--lines is "many"; give a whole number/],
    [["--level", "loud"], 2, /Allowed choices are debug, info, warn, error/],
    [["--trace", "x"], 2, /--trace is "x"; give 32 hexadecimal digits/],
    [["nobody", "--no-follow"], 1, /no service "nobody" runs/],
  ])("%j ends with %d", async (args, code, message) => {
    const ended = await runFmesh(["logs", ...args], { env });
    expect([ended.code, ended.output]).toEqual([code, expect.stringMatching(message)]);
  });
});

/** Tries until the workers are back with the broker. */
async function untilServed(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await call();
      return;
    } catch {
      await Bun.sleep(50);
    }
  }
}
