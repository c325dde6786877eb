/**
 * What a call costs that finds nobody: how long until a deployed function that sleeps has answered, with a sandbox and without, on
 * this machine. And what one costs that finds it awake, beside the same call of a worker that was started by hand. In turn, so that
 * a machine whose speed drifts slows everybody.
 *
 *   bun bench/cold-start.ts [--calls 60] [--seconds 1] [--rounds 5] [--bwrap /usr/bin/bwrap]
 *
 * Needs Debian's package bubblewrap for the sandbox; without it only the other is measured.
 */
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startActivator } from "../builder/activator.ts";
import { openInstances } from "../builder/deployer/local/instance/open-instances.ts";
import { type LocalDeployer, openLocalDeployer } from "../builder/deployer/local.ts";
import { EmbeddedBroker } from "../mesh/broker/embedded.ts";
import { natsBroker } from "../mesh/broker/nats-bun.ts";
import { Caller } from "../mesh/caller.ts";
import type { Deployment } from "../mesh/deployment.ts";
import { CloseStack } from "../mesh/lifecycle.ts";
import { silentLog } from "../mesh/log.ts";
import { STORED_FUNCTION } from "../mesh/names.ts";
import { startNatsServer } from "../nats-server/server.ts";
import { deploymentOf } from "../test/builder/deployer/deployments.ts";
import { functionImages } from "../test/builder/deployer/function-images.ts";
import { type LoadResult, load, quantile } from "./load.ts";
import { startPeer } from "./peers.ts";

const HANDLER = "export default ({ num1, num2 }: { num1: number; num2: number }) => ({ sum: num1 + num2 });\n";
const PARAMS = { num1: 10, num2: 20 };
const PROJECT = "bench";
/** So many sleep, and are woken one after the other. */
const FUNCTIONS = 10;
const CALLERS = [1, 16];
const SHORT_IDLE = { min: 0, max: 1, concurrency: 64, idleSeconds: 1 };
const ALWAYS = { min: 1, max: 1, concurrency: 64, idleSeconds: 60 };

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "60" },
    seconds: { type: "string", default: "1" },
    rounds: { type: "string", default: "5" },
    bwrap: { type: "string", default: "/usr/bin/bwrap" },
  },
});
const signal = new AbortController().signal;
const stack = new CloseStack();

try {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-bench-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o711);
  const images = functionImages(folder);
  const image = await images.build("sum", HANDLER);
  const unixPath = join(folder, "nats.sock");
  const server = stack.use(await startNatsServer({ tcpPort: 0, wsPort: 0, unixPath }));
  const broker = stack.use(new EmbeddedBroker(server.connectLocally(), { url: "", log: silentLog }));
  const callers = stack.use(natsBroker({ url: server.wsUrl ?? "", name: "bench", log: silentLog }));
  await callers.connect();
  const caller = new Caller(callers, PROJECT);

  const sandboxes = existsSync(values.bwrap) ? (["off", "required"] as const) : (["off"] as const);
  const homes: Home[] = [];
  for (const sandbox of sandboxes) {
    const instances = await openInstances({
      ...{ registry: images.registry, folder: join(folder, "instances", sandbox), sandbox, log: silentLog },
      ...{ secretsFolder: join(folder, "secrets"), bwrap: values.bwrap, programs: { bun: process.execPath } },
    });
    stack.use(instances);
    const deployer = await openLocalDeployer({
      ...{ instances, broker, folder: join(folder, "deployments", sandbox), log: silentLog },
      natsUrlFor: () => server.unixUrl ?? "",
    });
    stack.use(deployer);
    stack.use(await startActivator({ broker, deployer, log: silentLog }));
    homes.push(await deployTo({ name: sandbox === "off" ? "bare" : "sandboxed", deployer, image }));
  }

  await coldCalls(homes, caller);
  const worker = await startPeer("worker", { NATS_URL: server.wsUrl ?? "" });
  stack.defer(() => worker.stop());
  await warmCalls(homes, caller);
} finally {
  await stack.close();
}
process.exit(0);

interface Home {
  readonly name: string;
  readonly deployer: LocalDeployer;
  /** Labels of functions that sleep soon, and of one that does not. */
  readonly sleepers: readonly string[];
  readonly awake: string;
}

async function deployTo({
  image,
  ...home
}: Pick<Home, "name" | "deployer"> & Pick<Deployment, "image">): Promise<Home> {
  const sleepers = Array.from({ length: FUNCTIONS }, (_, index) => `${home.name}-${index}`);
  const awake = `${home.name}-awake`;
  const deploy = (label: string, scale: Deployment["scale"]) =>
    home.deployer.deploy(deploymentOf({ project: PROJECT, label }, 1, { image, scale }), { signal });
  for (const label of sleepers) await deploy(label, SHORT_IDLE);
  await deploy(awake, ALWAYS);
  return { ...home, sleepers, awake };
}

async function coldCalls(homes: readonly Home[], caller: Caller): Promise<void> {
  const times = new Map<Home, number[]>(homes.map((home) => [home, []]));
  // The first of each finds nothing of the disk in memory.
  for (let count = -FUNCTIONS; count < Number(values.calls); count += FUNCTIONS) {
    for (const home of homes) {
      await untilAsleep(home);
      for (const label of home.sleepers) {
        const startedAt = performance.now();
        await caller.call(label, STORED_FUNCTION, PARAMS, {});
        if (count >= 0) times.get(home)?.push(performance.now() - startedAt);
      }
    }
  }
  console.log(`\na call that wakes its function, ${values.calls} times`);
  for (const [{ name }, all] of times) {
    const sorted = all.toSorted((a, b) => a - b);
    const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
    console.log(`  ${name.padEnd(12)} p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`);
  }
}

async function untilAsleep({ deployer, sleepers }: Home): Promise<void> {
  for (;;) {
    const deployed = await deployer.list(PROJECT, { signal });
    const awake = deployed.filter(({ label, versions }) => sleepers.includes(label) && versions[0]?.instances !== 0);
    if (awake.length === 0) break;
    await Bun.sleep(50);
  }
  // Those that were asked to end are gone.
  await Bun.sleep(200);
}

async function warmCalls(homes: readonly Home[], caller: Caller): Promise<void> {
  const subjects: readonly (readonly [name: string, service: string, fn: string])[] = [
    ["worker", "arithmetic", "sum"],
    ...homes.map(({ name, awake }) => [name, awake, STORED_FUNCTION] as const),
  ];
  const measure = ([, service, fn]: (typeof subjects)[number], count: number, forMs: number): Promise<LoadResult> => {
    const call = async (): Promise<void> => void (await caller.call(service, fn, PARAMS, {}));
    return load(
      Array.from({ length: count }, () => call),
      forMs,
    );
  };
  for (const subject of subjects) await measure(subject, 16, 2_000);
  for (const count of CALLERS) {
    const results = new Map(subjects.map((subject) => [subject, [] as LoadResult[]]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [subject, all] of results) all.push(await measure(subject, count, Number(values.seconds) * 1000));
    }
    console.log(`\na call that finds it awake, ${count} at a time`);
    let ordinaryMs: number | undefined;
    for (const [[name], all] of results) {
      const p50Ms = median(all.map((result) => result.p50Ms));
      const p99Ms = median(all.map((result) => result.p99Ms));
      ordinaryMs ??= p50Ms;
      const ratio = (p50Ms / ordinaryMs).toFixed(2);
      console.log(
        `  ${name.padEnd(12)} p50 ${p50Ms.toFixed(3)} ms   p99 ${p99Ms.toFixed(3)} ms   ${ratio} × a worker's`,
      );
    }
  }
}

function median(all: readonly number[]): number {
  return quantile(
    all.toSorted((a, b) => a - b),
    0.5,
  );
}
