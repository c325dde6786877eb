import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openInstances } from "../../../builder/deployer/local/instance/open-instances.ts";
import type { DeployedFunction, DeployedName, Deployment } from "../../../mesh/deployment.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { silentLog } from "../../../mesh/log.ts";
import { bubblewrap } from "../../support/bubblewrap.ts";
import { type BrokerKind, brokersUnderTest } from "../../support/nats.ts";
import { deployerConformance } from "./conformance.ts";
import { deploymentOf } from "./deployments.ts";
import { type FunctionImages, functionImages } from "./function-images.ts";
import { type LocalHome, openLocalHome } from "./local-home.ts";

const QUIET = new AbortController().signal;

/** Does what its caller wants. */
const GREET = `
console.log("version " + process.env.FMESH_VERSION + " loads");
const hoard: Uint8Array[] = [];
export default async (want: { waitMs?: number; end?: true; hoard?: true; block?: true; pid?: true }) => {
  if (want.waitMs) await new Promise((resolve) => setTimeout(resolve, want.waitMs));
  if (want.end) process.exit(9);
  if (want.pid) return process.pid;
  while (want.hoard) {
    hoard.push(new Uint8Array(8 * 1024 * 1024).fill(1));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  while (want.block) {}
  return Number(process.env.FMESH_VERSION);
};
`;
const BROKEN = `console.log("where is my database?"); process.exit(3); export default () => 1;`;

let folder: string;
let images: FunctionImages;
let greet: Deployment["image"];
let broken: Deployment["image"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-images-"));
  images = functionImages(folder);
  [greet, broken] = await Promise.all([images.build("greet", GREET), images.build("broken", BROKEN)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(["off", "required"] as const)("with the sandbox %s", (sandbox) => {
  deployerConformance("this machine", async () => {
    const home = await openHome("embedded", { sandbox });
    return {
      ...{ deployer: home.deployer, image: greet, broken: { image: broken, code: "start_failed" } },
      call: (name) => home.call(name),
      close: () => home.close(),
    };
  });

  describe("functions", () => {
    let home: LocalHome;
    let count = 0;
    const fresh = (): DeployedName => ({ project: "shop", label: `greet-${++count}` });
    const deploy = (name: DeployedName, rest: Partial<Deployment> = {}, version = 1): Promise<DeployedFunction> =>
      home.deployer.deploy(deploymentOf(name, version, { image: greet, ...rest }), { signal: QUIET });
    const describeIt = (name: DeployedName) => home.deployer.describe(name, { signal: QUIET });
    const scaled = (rest: Partial<Deployment["scale"]>) => ({
      scale: { min: 0, max: 10, concurrency: 20, idleSeconds: 60, ...rest },
    });
    /** Looks until it is as wanted. */
    const until = async (name: DeployedName, isWanted: (deployed: DeployedFunction) => boolean) => {
      for (;;) {
        const deployed = await describeIt(name);
        if (deployed !== undefined && isWanted(deployed)) return deployed;
        await Bun.sleep(20);
      }
    };
    const countOf = ({ versions }: DeployedFunction): number =>
      versions.reduce((sum, { instances = 0 }) => sum + instances, 0);

    beforeAll(async () => (home = await openHome("embedded", { sandbox, graceMs: 1_000 })));
    afterAll(() => home?.close());

    test("sleep when nobody calls them, and answer the next call all the same", async () => {
      const name = fresh();
      await deploy(name, scaled({ idleSeconds: 1 }));
      await until(name, (deployed) => countOf(deployed) === 0);
      expect(await home.call(name)).toBe(1);
    });

    test("get more instances while there is more to do", async () => {
      const name = fresh();
      await deploy(name, scaled({ concurrency: 1, max: 3 }));
      const calls = Array.from({ length: 6 }, () => home.call(name, { waitMs: 400 }));
      await until(name, (deployed) => countOf(deployed) === 3);
      expect(await Promise.all(calls)).toEqual(Array(6).fill(1));
    });

    test("that end in the middle of a call are started again for the next one", async () => {
      const name = fresh();
      await deploy(name);
      await lost(home.call(name, { end: true }, 1_000));
      expect(await home.call(name)).toBe(1);
    });

    test("that take more memory than they may are ended, which is told", async () => {
      const name = fresh();
      await deploy(name, { resources: { memory: "96Mi", cpu: "1" } });
      await lost(home.call(name, { hoard: true }, 1_000));
      const { message } = await until(name, ({ reason }) => reason === "OutOfMemory");
      expect(message).toContain("96Mi");
      expect(await home.call(name)).toBe(1);
    });

    test("that do not end when they are asked to are ended", async () => {
      const name = fresh();
      await deploy(name);
      const call = lost(home.call(name, { block: true }, 1_000));
      await Bun.sleep(100);
      await home.deployer.remove(name, { signal: QUIET });
      await call;
      expect(await describeIt(name)).toBeUndefined();
    });

    test("finish their calls when another version gets them", async () => {
      const name = fresh();
      await deploy(name);
      const call = home.call(name, { waitMs: 500 });
      await Bun.sleep(100);
      await deploy(name, {}, 2);
      expect(await home.call(name)).toBe(2);
      expect(await call).toBe(1);
    });

    test("are not deployed without their secrets", async () => {
      const deploying = deploy(fresh(), { secrets: { TOKEN: "payment/token" } });
      await expect(deploying).rejects.toMatchObject({
        code: "secret_missing",
        message: expect.stringContaining("payment/token") as string,
      });
    });

    test("lose no call while versions and traffic change", async () => {
      const name = fresh();
      await deploy(name);
      const seen = new Set<unknown>();
      const over = new AbortController();
      // Nobody wakes anything here: somebody has to be there all the time.
      const calling = Array.from({ length: 4 }, async () => {
        while (!over.signal.aborted) seen.add(await home.ask(name));
      });
      const change = async (): Promise<void> => {
        await deploy(name, { traffic: { 1: 50, 2: 50 } }, 2);
        await deploy(name, {}, 3);
        await deploy(name, { env: { GREETING: "hello" } }, 3);
        await home.deployer.setTraffic(name, { 1: 10, 2: 20, 3: 70 }, { signal: QUIET });
        await home.deployer.setTraffic(name, { 2: 100 }, { signal: QUIET });
        over.abort();
      };
      await Promise.all([change(), ...calling]);
      expect(seen).toEqual(new Set([1, 2, 3]));
      expect(await home.ask(name)).toBe(2);
    });

    test("come back with their deployer", async () => {
      const [sleeping, running] = [fresh(), fresh()];
      await deploy(sleeping);
      await deploy(running, scaled({ min: 1 }));
      await home.reopen();
      await until(running, (deployed) => deployed.state === "ready" && countOf(deployed) === 1);
      expect(await home.ask(running)).toBe(1);
      expect(await home.call(sleeping)).toBe(1);
    });
  });
});

describe.each(brokersUnderTest())("by %s", (kind) => {
  test("calls are divided as the traffic says", async () => {
    await using home = await openHome(kind, { sandbox: "off" });
    const name = { project: "shop", label: "greet" };
    const deploy = (version: number, traffic: Deployment["traffic"]) =>
      home.deployer.deploy(deploymentOf(name, version, { image: greet, traffic }), { signal: QUIET });
    await deploy(1, { 1: 100 });
    await deploy(2, { 1: 80, 2: 20 });
    let second = 0;
    for (let batch = 0; batch < 40; batch++) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => home.call(name)));
      second += answers.filter((answer) => answer === 2).length;
    }
    // Six standard deviations of two thousand throws, to both sides.
    expect(second).toBeGreaterThan(400 - 108);
    expect(second).toBeLessThan(400 + 108);
  });
});

/** A home whose instances are processes. */
function openHome(
  kind: BrokerKind,
  { sandbox, ...rest }: { readonly sandbox: "off" | "required"; readonly graceMs?: number },
): Promise<LocalHome> {
  return openLocalHome({
    ...{ kind, ...rest },
    instances: async (place) => {
      await chmod(place.folder, 0o711);
      return openInstances({
        ...{ registry: images.registry, folder: join(place.folder, "instances"), sandbox, log: silentLog },
        secretsFolder: join(place.folder, "secrets"),
        bwrap: sandbox === "off" ? undefined : bubblewrap(),
        programs: { bun: process.execPath },
      });
    },
    natsUrlFor: (_deployment, nats) => (sandbox === "off" ? nats.tcpUrl : nats.unixUrl),
  });
}

/** A call that its instance does not survive: nobody answers it. */
async function lost(call: Promise<unknown>): Promise<void> {
  await expect(call).rejects.toThrow(MeshError);
}
