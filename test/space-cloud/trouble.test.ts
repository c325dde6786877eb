import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningCommand } from "../support/fmesh.ts";
import { STARTED, answersOf, callAll, startPeer, startWorker } from "./peers.ts";
import { type SpaceCloud, functionsModule, startSpaceCloud } from "./space-cloud.ts";

/** More than any of these tests may take: whoever waits for the timeout of a call fails. */
const NEVER_MS = 100_000;
const STARTED_TWICE = new RegExp(`${STARTED.source}[^]*${STARTED.source}`);

let cloud: SpaceCloud;
const running: RunningCommand[] = [];

beforeEach(async () => {
  cloud = await startSpaceCloud(functionsModule({ arithmetic: { default: { rule: "allow" } } }), {
    project: { registration: "open" },
  });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop("SIGKILL")));
  await cloud[Symbol.asyncDispose]();
});

async function work(): Promise<RunningCommand> {
  const worker = await startWorker(cloud, { version: "0.12.1" });
  running.push(worker);
  return worker;
}

/** How many of so many calls each worker took, by process id. */
async function share(calls: number): Promise<Map<unknown, number>> {
  const list = Array.from({ length: calls }, () => ["arithmetic", "process"] as const);
  const taken = new Map<unknown, number>();
  for (const { status, data } of await callAll(cloud, { version: "0.12.1" }, ...list)) {
    const { result = status } = data as { result?: number };
    taken.set(result, (taken.get(result) ?? 0) + 1);
  }
  return taken;
}

test("three workers share sixty calls", async () => {
  const workers = [await work(), await work(), await work()];
  const taken = await share(60);
  expect(new Set(taken.keys())).toEqual(new Set(workers.map(({ pid }) => pid)));
});

test("a call whose worker is killed fails at once; the others go on, and the worker's successor serves again", async () => {
  const killed = await work();
  const caller = startPeer(cloud, "caller", {
    version: "0.12.1",
    args: [JSON.stringify([["arithmetic", "hold", {}, NEVER_MS]])],
  });
  await killed.until(/a call is held/);
  const other = await work();
  await killed.stop("SIGKILL");
  const [answer] = await answersOf(caller);
  expect(answer).toEqual({ status: 500, data: { error: expect.stringContaining("disconnected") as string } });
  expect(await share(20)).toEqual(new Map([[other.pid, 20]]));

  const successor = await work();
  expect(new Set((await share(40)).keys())).toEqual(new Set([other.pid, successor.pid]));
});

test("a worker whose socket the gateway closes is back within its own five seconds", async () => {
  const worker = await work();
  const [answer] = await callAll(cloud, { version: "0.12.1" }, ["arithmetic", "garble", {}, NEVER_MS]);
  expect(answer).toMatchObject({ status: 500 });
  await worker.until(STARTED_TWICE);
  expect(await share(1)).toEqual(new Map([[worker.pid, 1]]));
});

test("a worker is back after the gateway was started again", async () => {
  const worker = await work();
  await cloud.restart();
  await worker.until(STARTED_TWICE);
  expect(await share(1)).toEqual(new Map([[worker.pid, 1]]));
});
