import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startActivator } from "../../../builder/activator.ts";
import { openInstances } from "../../../builder/deployer/local/instance/open-instances.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import { Caller } from "../../../mesh/caller.ts";
import { silentLog } from "../../../mesh/log.ts";
import { STORED_FUNCTION } from "../../../mesh/names.ts";
import { deploymentOf } from "./deployments.ts";
import { functionImages } from "./function-images.ts";
import { type LocalHome, openLocalHome } from "./local-home.ts";

const GREET = { project: "shop", label: "greet" };
const QUIET = new AbortController().signal;
const HANDLER = "export default (call: number) => ({ call, pid: process.pid });";
const CALLS = 1_000;
const EVERY_MS = 2;

let folder: string;
let home: LocalHome;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-kills-"));
  const images = functionImages(folder);
  const image = await images.build("greet", HANDLER);
  home = await openLocalHome({
    instances: (place) =>
      openInstances({
        ...{ registry: images.registry, folder: join(place.folder, "instances"), sandbox: "off", log: silentLog },
        ...{ secretsFolder: place.folder, bwrap: undefined, programs: { bun: process.execPath } },
      }),
  });
  await home.deployer.deploy(deploymentOf(GREET, 1, { image }), { signal: QUIET });
});
afterAll(async () => {
  await home?.close();
  await rm(folder, { recursive: true, force: true });
});

test("calls that may be made again all succeed while every instance is killed, again and again", async () => {
  const activator = await startActivator({ broker: home.broker, deployer: home.deployer, log: silentLog });
  const broker = natsBroker({ url: home.nats.wsUrl, name: "caller", log: silentLog });
  await broker.connect();
  const caller = new Caller(broker, GREET.project);
  const pids = new Set<number>();
  const call = async (number: number): Promise<number> => {
    const options = { idempotencyKey: `call-${number}`, timeoutMs: 15_000 };
    const answer = await caller.call(GREET.label, STORED_FUNCTION, number, options);
    const { call: answered, pid } = answer as { call: number; pid: number };
    pids.add(pid);
    return answered;
  };
  const killAll = (): void => {
    for (const pid of pids) process.kill(pid, "SIGKILL");
    pids.clear();
  };
  const calls: Promise<number>[] = [];
  let kills = 0;
  for (let number = 0; number < CALLS; number++) {
    calls.push(call(number));
    await Bun.sleep(EVERY_MS);
    if (number % 250 === 125 && pids.size > 0) {
      killAll();
      kills++;
    }
  }
  expect(await Promise.all(calls)).toEqual(Array.from({ length: CALLS }, (_, number) => number));
  expect(kills).toBeGreaterThan(0);
  await activator.close();
  await broker.close();
});
