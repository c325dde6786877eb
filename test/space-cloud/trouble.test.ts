import { expect, test } from "vitest";
import { CloseStack } from "../../mesh/lifecycle.ts";
import type { RunningCommand } from "../support/fmesh.ts";
import type { Version } from "./client-folder.ts";
import { STARTED, answersOf, callAll, startPeer, startWorker } from "./peers.ts";
import { type SpaceCloud, functionsModule, startSpaceCloud } from "./space-cloud.ts";

/** More than any of these tests may take: whoever waits for the timeout of a call fails. */
const NEVER_MS = 100_000;
const STARTED_TWICE = new RegExp(`${STARTED.source}[^]*${STARTED.source}`);

/** Some of these tests start ten programs, and wait for five seconds of a client's. */
const TEST_MS = 60_000;

/** A gateway that lets every worker in, and its workers. */
class Scene implements AsyncDisposable {
  readonly cloud: SpaceCloud;
  readonly #parts = new CloseStack();

  constructor(cloud: SpaceCloud) {
    this.cloud = cloud;
    this.#parts.defer(async () => {
      await cloud[Symbol.asyncDispose]();
    });
  }

  async work(version: Version = "0.12.1"): Promise<RunningCommand> {
    const worker = await startWorker(this.cloud, { version });
    this.#parts.defer(async () => void (await worker.stop("SIGKILL")));
    return worker;
  }

  /** Makes so many calls; how many of them each worker took, by process id. */
  async share(calls: number): Promise<Map<unknown, number>> {
    const list = Array.from({ length: calls }, () => ["arithmetic", "process"] as const);
    const taken = new Map<unknown, number>();
    for (const { status, data } of await callAll(this.cloud, { version: "0.12.1" }, ...list)) {
      const { result = status } = data as { result?: number };
      taken.set(result, (taken.get(result) ?? 0) + 1);
    }
    return taken;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.close();
  }
}

async function begin(gateway: Readonly<Record<string, unknown>> = {}): Promise<Scene> {
  const modules = functionsModule({ arithmetic: { default: { rule: "allow" } } });
  return new Scene(await startSpaceCloud(modules, { project: { registration: "open" }, gateway }));
}

test("three workers share sixty calls", { timeout: TEST_MS }, async () => {
  await using scene = await begin();
  const workers = [await scene.work(), await scene.work(), await scene.work()];
  const taken = await scene.share(60);
  expect(new Set(taken.keys())).toEqual(new Set(workers.map(({ pid }) => pid)));
});

test(
  "a call whose worker is killed fails at once, the others go on, a new one serves again",
  { timeout: TEST_MS },
  async () => {
    await using scene = await begin();
    const killed = await scene.work();
    const args = [JSON.stringify([["arithmetic", "hold", {}, NEVER_MS]])];
    const caller = startPeer(scene.cloud, "caller", { version: "0.12.1", args });
    await killed.until(/a call is held/);
    const other = await scene.work();
    await killed.stop("SIGKILL");
    const [answer] = await answersOf(caller);
    expect(answer).toEqual({ status: 500, data: { error: expect.stringContaining("disconnected") as string } });
    expect(await scene.share(20)).toEqual(new Map([[other.pid, 20]]));

    const successor = await scene.work();
    expect(new Set((await scene.share(40)).keys())).toEqual(new Set([other.pid, successor.pid]));
  },
);

// These wait, for the client's five seconds or a call's time to be over: they may do so together.
test.concurrent(
  "a worker whose socket the gateway closes is back within its own five seconds",
  { timeout: TEST_MS },
  async () => {
    await using scene = await begin();
    const worker = await scene.work();
    const [answer] = await callAll(scene.cloud, { version: "0.12.1" }, ["arithmetic", "garble", {}, NEVER_MS]);
    expect(answer).toMatchObject({ status: 500 });
    await worker.until(STARTED_TWICE);
    expect(await scene.share(1)).toEqual(new Map([[worker.pid, 1]]));
  },
);

test.concurrent("a worker is back after the gateway was started again", { timeout: TEST_MS }, async () => {
  await using scene = await begin();
  const worker = await scene.work();
  await scene.cloud.restart();
  await worker.until(STARTED_TWICE);
  expect(await scene.share(1)).toEqual(new Map([[worker.pid, 1]]));
});

test.concurrent.each(["0.10.3", "0.12.1"] as const)(
  "a worker with space-api %s answers pings, so it stays",
  { timeout: TEST_MS },
  async (version) => {
    await using scene = await begin({ spaceCloud: { pingSeconds: 1 } });
    const worker = await scene.work(version);
    // A call that nobody answers is the clock: two pings go unanswered in that time, if any do.
    const calls = [
      ["arithmetic", "hold", {}, 4_000],
      ["arithmetic", "process"],
    ] as const;
    const [slow, next] = await callAll(scene.cloud, { version }, ...calls);
    expect([slow?.status, next]).toEqual([500, { status: 200, data: { result: worker.pid } }]);
    expect(worker.output()).not.toMatch(STARTED_TWICE);
  },
);
