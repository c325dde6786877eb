import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeployErrorCode } from "../../../builder/deployer/deploy-error.ts";
import { promote, rollback } from "../../../builder/deployer/traffic.ts";
import type { DeployCall, Deployer } from "../../../builder/deployer.ts";
import type { DeployedLine, DeployedName, Deployment, DeployProgress } from "../../../mesh/deployment.ts";
import { type Handed, collecting, deploymentOf, firstOf } from "./deployments.ts";

/** What an adapter brings to its tests. */
export interface DeployerUnderTest {
  readonly deployer: Deployer;
  /**
   * Images of functions that run. All versions are of one handler, which writes the line `version <n> loads` when it is loaded,
   * where `<n>` is its variable `FMESH_VERSION`, and answers with that number.
   */
  readonly image: Deployment["image"];
  /** An image of a function that never takes calls, and the code with which that is told. */
  readonly broken: { readonly image: Deployment["image"]; readonly code: DeployErrorCode };
  /** Calls it as its users do, waking it if need be, and gives what it answers; `undefined` where nothing really runs. */
  readonly call: ((name: DeployedName) => Promise<unknown>) | undefined;
  close(): Promise<void>;
}

/** What every adapter of the port has to do. Each test has a function of its own. */
export function deployerConformance(name: string, make: () => Promise<DeployerUnderTest>): void {
  describe(`${name} as a deployer`, () => {
    let its: DeployerUnderTest;
    let deployer: Deployer;
    let count = 0;
    const fresh = (): DeployedName => ({ project: "shop", label: `greet-${++count}` });
    const version = (of: DeployedName, number: number, rest: Partial<Deployment> = {}): Deployment =>
      deploymentOf(of, number, { image: its.image, ...rest });
    const answers = async (of: DeployedName, expected: number): Promise<void> => {
      if (its.call !== undefined) expect(await its.call(of)).toBe(expected);
    };

    beforeAll(async () => {
      its = await make();
      ({ deployer } = its);
    });
    afterAll(() => its?.close());

    test("a version that is deployed gets the calls", async () => {
      const of = fresh();
      const deployed = await deployer.deploy(version(of, 1), unwatched());
      expect(deployed).toMatchObject({ ...of, home: deployer.home, state: "ready", traffic: { 1: 100 } });
      expect(deployed.versions).toMatchObject([{ version: 1, state: "ready" }]);
      expect(deployed.versions[0]?.image).toContain(its.image.digest);
      await answers(of, 1);
    });

    test("steps are told in their order, each with its end", async () => {
      const told: DeployProgress[] = [];
      await deployer.deploy(version(fresh(), 1), {
        ...unwatched(),
        onProgress: (progress) => void told.push(progress),
      });
      const steps = told.flatMap((progress) => ("state" in progress ? [`${progress.step} ${progress.state}`] : []));
      expect(steps).toEqual(["apply", "wait", "traffic"].flatMap((step) => [`${step} began`, `${step} ended`]));
    });

    test("the same again changes nothing", async () => {
      const of = fresh();
      const first = await deployer.deploy(version(of, 1), unwatched());
      const again = await deployer.deploy(version(of, 1), unwatched());
      expect(withoutCounts(again)).toEqual(withoutCounts(first));
      await answers(of, 1);
    });

    test("a new version gets the calls, and the one before it stays to be gone back to", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      const deployed = await deployer.deploy(version(of, 2), unwatched());
      expect(deployed.traffic).toEqual({ 2: 100 });
      expect(deployed.versions.map((each) => each.version)).toEqual([2, 1]);
      await answers(of, 2);
    });

    test("a canary gets its part, is promoted, and rolled back", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      const canary = await deployer.deploy(version(of, 2, { traffic: { 1: 80, 2: 20 } }), unwatched());
      expect(canary.traffic).toEqual({ 1: 80, 2: 20 });
      expect((await promote(deployer, of, 2, unwatched())).traffic).toEqual({ 2: 100 });
      await answers(of, 2);
      expect((await rollback(deployer, of, unwatched())).traffic).toEqual({ 1: 100 });
      await answers(of, 1);
      await expect(rollback(deployer, of, unwatched())).rejects.toMatchObject({ code: "not_found" });
    });

    test("rolling back takes a canary's calls from it", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      await deployer.deploy(version(of, 2, { traffic: { 1: 50, 2: 50 } }), unwatched());
      expect((await rollback(deployer, of, unwatched())).traffic).toEqual({ 1: 100 });
      await answers(of, 1);
    });

    test("a version may be deployed without getting any calls yet", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      const dark = await deployer.deploy(version(of, 2, { traffic: { 1: 100 } }), unwatched());
      expect(dark.traffic).toEqual({ 1: 100 });
      expect(dark.versions.map((each) => each.version)).toEqual([2, 1]);
      await answers(of, 1);
    });

    test("a version may be deployed again with other content", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      const deployed = await deployer.deploy(version(of, 1, { env: { GREETING: "hello" } }), unwatched());
      expect(deployed).toMatchObject({ state: "ready", traffic: { 1: 100 } });
      expect(deployed.versions.map((each) => each.version)).toEqual([1]);
      await answers(of, 1);
    });

    test("what does not start is told, and the version before it goes on", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      const { image, code } = its.broken;
      await expect(deployer.deploy(version(of, 2, { image }), unwatched())).rejects.toMatchObject({ code });
      expect((await deployer.describe(of, unwatched()))?.traffic).toEqual({ 1: 100 });
      await answers(of, 1);
    });

    test("a version that never started can be deployed again when it has been mended", async () => {
      const of = fresh();
      const { image, code } = its.broken;
      await expect(deployer.deploy(version(of, 1, { image }), unwatched())).rejects.toMatchObject({ code });
      const deployed = await deployer.deploy(version(of, 1), unwatched());
      expect(deployed).toMatchObject({ state: "ready", traffic: { 1: 100 } });
      await answers(of, 1);
    });

    test("a deployment that was broken off leaves what there was, and can be done again", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      const stop = new AbortController();
      const reason = new Error("changed my mind");
      const onProgress = (progress: DeployProgress): void => {
        if (progress.step === "wait") stop.abort(reason);
      };
      await expect(deployer.deploy(version(of, 2), { signal: stop.signal, onProgress })).rejects.toBe(reason);
      expect((await deployer.describe(of, unwatched()))?.traffic).toEqual({ 1: 100 });
      await answers(of, 1);
      expect((await deployer.deploy(version(of, 2), unwatched())).traffic).toEqual({ 2: 100 });
      await answers(of, 2);
    });

    test("two at once come to one or the other", async () => {
      const of = fresh();
      const both = [1, 2].map((number) => deployer.deploy(version(of, number), unwatched()));
      await Promise.all(both);
      const deployed = await deployer.describe(of, unwatched());
      expect(deployed?.versions.map((each) => each.version)).toEqual([2, 1]);
      expect([{ 1: 100 }, { 2: 100 }]).toContainEqual(deployed?.traffic);
    });

    test("calls cannot be sent to versions that are not there", async () => {
      const of = fresh();
      const missing = { code: "not_found", message: expect.stringContaining("7") as string };
      await expect(deployer.setTraffic(of, { 7: 100 }, unwatched())).rejects.toMatchObject({ code: "not_found" });
      await deployer.deploy(version(of, 1), unwatched());
      await expect(deployer.setTraffic(of, { 7: 100 }, unwatched())).rejects.toMatchObject(missing);
      await expect(deployer.setTraffic(of, { 1: 50, 7: 50 }, unwatched())).rejects.toMatchObject(missing);
      const elsewhere = version(of, 2, { traffic: { 7: 100 } });
      await expect(deployer.deploy(elsewhere, unwatched())).rejects.toMatchObject(missing);
      expect((await deployer.describe(of, unwatched()))?.traffic).toEqual({ 1: 100 });
      await answers(of, 1);
    });

    test("a project's functions are listed by their labels, and no others", async () => {
      const [project, other] = [`list-${++count}`, `list-${++count}`];
      for (const label of ["beta", "alpha"]) await deployer.deploy(version({ project, label }, 1), unwatched());
      await deployer.deploy(version({ project: other, label: "gamma" }, 1), unwatched());
      const listed = await deployer.list(project, unwatched());
      expect(listed.map(({ label }) => label)).toEqual(["alpha", "beta"]);
      expect(await deployer.list(`list-${++count}`, unwatched())).toEqual([]);
      expect(listed[0]).toEqual(await deployer.describe({ project, label: "alpha" }, unwatched()));
    });

    test("what is removed is gone, also when it is removed again", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      await deployer.remove(of, unwatched());
      expect(await deployer.describe(of, unwatched())).toBeUndefined();
      await deployer.remove(of, unwatched());
      await expect(deployer.setTraffic(of, { 1: 100 }, unwatched())).rejects.toMatchObject({ code: "not_found" });
      expect((await deployer.deploy(version(of, 1), unwatched())).traffic).toEqual({ 1: 100 });
      await answers(of, 1);
    });

    test("what was never deployed is nothing", async () => {
      const of = fresh();
      expect(await deployer.describe(of, unwatched())).toBeUndefined();
      await deployer.remove(of, unwatched());
      await expect(rollback(deployer, of, unwatched())).rejects.toMatchObject({ code: "not_found" });
      await expect(firstOf(deployer.logs(logsOf(of), unwatched()))).rejects.toMatchObject({ code: "not_found" });
      const { onDemand } = deployer;
      if (onDemand.kind === "route") expect(onDemand.routeOf(of)).toBeUndefined();
      else await expect(onDemand.wake(of, unwatched())).rejects.toMatchObject({ code: "not_found" });
    });

    test("what a version wrote is shown, and what it writes from then on", async () => {
      const of = fresh();
      await deployer.deploy(version(of, 1), unwatched());
      await answers(of, 1);
      const line = await firstOf(deployer.logs({ ...logsOf(of), follow: true }, unwatched()), isLoading(1));
      expect(line).toMatchObject({ version: 1, instance: expect.stringMatching(/./) as string });
      expect(Number.isNaN(Date.parse(line.at))).toBe(false);

      const stop = new AbortController();
      const following = deployer.logs({ ...logsOf(of), follow: true }, { signal: stop.signal });
      const second = firstOf(following, isLoading(2));
      await deployer.deploy(version(of, 2), unwatched());
      await answers(of, 2);
      expect(await second).toMatchObject({ version: 2 });
      const onlyFirst = await Array.fromAsync(deployer.logs({ ...logsOf(of), version: 1 }, unwatched()));
      expect(onlyFirst.map((each) => each.version)).not.toContain(2);
      expect(await Array.fromAsync(deployer.logs({ ...logsOf(of), lines: 0 }, unwatched()))).toEqual([]);
      const reason = new Error("seen enough");
      const endless = Array.fromAsync(deployer.logs({ ...logsOf(of), follow: true }, { signal: stop.signal }));
      stop.abort(reason);
      await expect(endless).rejects.toBe(reason);
    });

    test("whoever watches is told at once, and of every change", async () => {
      const [of, later] = [fresh(), fresh()];
      await deployer.deploy(version(of, 1), unwatched());
      const handed: Handed<readonly DeployedName[]> = collecting();
      const stop = deployer.watch(handed.take);
      const has = (wanted: DeployedName) => (names: readonly DeployedName[]) =>
        names.some(({ project, label }) => project === wanted.project && label === wanted.label);
      await handed.until(has(of));
      await deployer.deploy(version(later, 1), unwatched());
      await handed.until((names) => has(of)(names) && has(later)(names));
      await deployer.remove(of, unwatched());
      await handed.until((names) => !has(of)(names) && has(later)(names));
      stop();
      const toldBefore = handed.count;
      await deployer.remove(later, unwatched());
      expect(handed.count).toBe(toldBefore);
    });
  });
}

function unwatched(): DeployCall {
  return { signal: new AbortController().signal };
}

function logsOf(name: DeployedName): Parameters<Deployer["logs"]>[0] {
  return { ...name, lines: 100, follow: false };
}

function isLoading(version: number): (line: DeployedLine) => boolean {
  return ({ text }) => text.includes(`version ${version} loads`);
}

/** How many run at a moment is nobody's promise. */
function withoutCounts({ versions, ...rest }: Awaited<ReturnType<Deployer["deploy"]>>): unknown {
  return { ...rest, versions: versions.map(({ instances: _, ...version }) => version) };
}
