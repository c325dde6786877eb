import { expect, test } from "vitest";
import type { NewJob, Store } from "../../../functions-service/store.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import type { Job } from "../../../mesh/job.ts";
import { functionInput } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

const LONG_MS = 60_000;
const NOTHING = { steps: [], log: [] };
const IMAGE = { reference: "registry.test/shop/adder@sha256:ab", repository: "shop/adder", digest: "sha256:ab" };
const DEPLOYED = { url: "/v1/call/shop/adder/handler", traffic: { 1: 100 } };
const SUCCEEDED = { state: "succeeded", image: IMAGE, deployed: DEPLOYED } as const;
const FAILED = { state: "failed", error: { code: "crash_loop", message: "it keeps ending" } } as const;

/** What is asked of jobs that deploy, and of what is remembered of deployments. */
export function deploymentConformance(current: () => StoreUnderTest): void {
  const make = (label: string): Promise<StoredFunction> =>
    current().store.functions.create("shop", functionInput(label), "u1");
  const jobOf = ({ id, label }: StoredFunction, kind: NewJob["kind"], version = 1): NewJob => ({
    ...{ kind, functionId: id, label, version, createdBy: "u1", ...(kind === "deploy" && { percent: 20 }) },
  });
  const shown = async ({ id }: StoredFunction): Promise<unknown[]> => {
    const found = await current().store.functions.get("shop", id);
    return [found?.status, found?.url];
  };
  const queue = (of: StoredFunction, version = 1): Promise<Job> =>
    current().store.jobs.create("shop", jobOf(of, "deploy", version));
  const deploy = async (
    of: StoredFunction,
    outcome: Parameters<Store["jobs"]["end"]>[2],
    version = 1,
  ): Promise<void> => {
    const { jobs } = current().store;
    const { id } = await queue(of, version);
    await jobs.take("shop", "me", LONG_MS);
    expect(await jobs.end(id, "me", outcome, NOTHING)).toBe(true);
  };

  test("a deployment tells where the function is called, and where calls of it go", async () => {
    const { jobs, functions } = current().store;
    const adder = await make("adder");
    const job = await queue(adder);
    expect(job).toMatchObject({ kind: "deploy", percent: 20, state: "queued" });
    expect(await shown(adder)).toEqual(["deploying", undefined]);
    await jobs.take("shop", "me", LONG_MS);
    expect(await jobs.keepImage(job.id, "you", IMAGE)).toBe(false);
    expect(await jobs.keepImage(job.id, "me", IMAGE)).toBe(true);
    expect(await jobs.image("shop", adder.id, 1)).toEqual(IMAGE);
    await jobs.end(job.id, "me", { ...SUCCEEDED, deployed: { ...DEPLOYED, traffic: { 1: 80, 2: 20 } } }, NOTHING);
    expect(await jobs.get("shop", job.id)).toMatchObject({
      state: "succeeded",
      image: IMAGE,
      deployed: { url: DEPLOYED.url },
    });
    expect(await shown(adder)).toEqual(["deployed", DEPLOYED.url]);
    expect((await functions.get("shop", adder.id))?.traffic).toEqual({ 1: 80, 2: 20 });
    // What is built meanwhile is another matter.
    await functions.update("shop", adder.id, functionInput("adder"), { by: "u1" });
    await jobs.create("shop", jobOf(adder, "build", 2));
    expect(await shown(adder)).toEqual(["deployed", DEPLOYED.url]);
  });

  test("one that fails or is cancelled leaves what was deployed before", async () => {
    const { jobs } = current().store;
    const adder = await make("adder");
    await deploy(adder, FAILED);
    expect(await shown(adder)).toEqual(["failed", undefined]);
    await deploy(adder, { state: "cancelled" });
    expect(await shown(adder)).toEqual(["created", undefined]);
    await deploy(adder, SUCCEEDED);
    await deploy(adder, FAILED);
    expect(await shown(adder)).toEqual(["deployed", DEPLOYED.url]);
    await jobs.cancel("shop", (await queue(adder)).id);
    expect(await shown(adder)).toEqual(["deployed", DEPLOYED.url]);
  });

  test("a function is deployed by one job at a time, others do not wait", async () => {
    const { place } = current();
    let clock = Date.now();
    const store = await place.open({ now: () => clock++ });
    const [adder, printer] = [await make("adder"), await make("printer")];
    await store.functions.update("shop", adder.id, functionInput("adder"), { by: "u1" });
    const queued = async (of: StoredFunction, version: number): Promise<string> =>
      (await store.jobs.create("shop", jobOf(of, "deploy", version))).id;
    const [first, second, other] = [await queued(adder, 1), await queued(adder, 2), await queued(printer, 1)];
    const takers = await Promise.all(Array.from({ length: 4 }, () => place.open({ now: () => clock++ })));
    const raced = await Promise.all(takers.map(({ jobs }) => jobs.take("shop", "me", LONG_MS)));
    // Who was too late for one may not have looked for the next.
    const ids = [...raced, await store.jobs.take("shop", "me", LONG_MS)].flatMap((job) => job?.id ?? []);
    expect(ids.toSorted()).toEqual([first, other].toSorted());
    await store.jobs.end(first, "me", SUCCEEDED, NOTHING);
    expect((await store.jobs.take("shop", "me", LONG_MS))?.id).toBe(second);
    expect((await store.functions.get("shop", adder.id))?.status).toBe("deploying");
  });

  test("one whose process is gone goes on before those that wait for it", async () => {
    let clock = Date.now();
    const store = await current().place.open({ now: () => clock++ });
    const adder = await make("adder");
    await store.functions.update("shop", adder.id, functionInput("adder"), { by: "u1" });
    const first = await store.jobs.create("shop", jobOf(adder, "deploy", 2));
    await store.jobs.create("shop", jobOf(adder, "deploy", 1));
    await store.jobs.take("shop", "gone", -1);
    expect((await store.jobs.take("shop", "me", LONG_MS))?.id).toBe(first.id);
    expect(await store.jobs.take("shop", "you", LONG_MS)).toBeUndefined();
  });

  test("while a job deploys it, nothing else changes where calls go", async () => {
    const { functions, jobs } = current().store;
    const adder = await make("adder");
    await functions.handOver("shop", adder.id);
    const { id } = await queue(adder);
    const refused = { status: 409, message: expect.stringContaining(id) };
    await expect(functions.setTraffic("shop", adder.id, { 1: 100 })).rejects.toMatchObject(refused);
    await expect(functions.takeBack("shop", adder.id)).rejects.toMatchObject(refused);
    await expect(functions.refuseWhileDeploying("shop", adder.id)).rejects.toMatchObject(refused);
    await functions.refuseWhileDeploying("other", adder.id);
    await jobs.cancel("shop", id);
    await functions.refuseWhileDeploying("shop", adder.id);
    await functions.setTraffic("shop", adder.id, { 1: 100 });
    await functions.takeBack("shop", adder.id);
  });

  test("what a deployer knows of keeps its label until it is taken back", async () => {
    const { functions } = current().store;
    const adder = await make("adder");
    const rename = (label: string) => functions.update("shop", adder.id, functionInput(label), { by: "u1" });
    expect(await functions.isHandedOver("shop", adder.id)).toBe(false);
    expect(await functions.handOver("shop", adder.id)).toMatchObject({ label: "adder" });
    expect(await functions.isHandedOver("shop", adder.id)).toBe(true);
    expect(await functions.isHandedOver("other", adder.id)).toBe(false);
    await expect(rename("summer")).rejects.toMatchObject({ status: 409, message: expect.stringContaining('"adder"') });
    expect(await rename("adder")).toMatchObject({ label: "adder", version: 2 });
    await deploy(adder, SUCCEEDED);
    expect(await functions.takeBack("shop", adder.id)).toMatchObject({ status: "created", url: undefined });
    expect(await rename("summer")).toMatchObject({ label: "summer", version: 3 });
  });
}
