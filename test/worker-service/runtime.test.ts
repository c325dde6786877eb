import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RUNNING_MESH_FILE } from "../../mesh/running-mesh.ts";
import { errorOf } from "../mesh/error-of.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { type Gate, gate } from "./gate.ts";
import { PROJECT, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";
import { type WorkerProcess, startWorker } from "./worker-process.ts";

/** The test ends sooner than this call would. */
const LONG = { timeoutMs: 60_000 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-worker-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(brokersUnderTest())("a worker process on %s", (kind) => {
  let mesh: ServiceMesh;
  let door: Gate;
  let env: Record<string, string>;
  beforeEach(async () => {
    mesh = await openServiceMesh(kind);
    door = gate();
    const pass = async (): Promise<string> => {
      await door.passed();
      return "answered";
    };
    await mesh.host("gate", { pass });
    env = { NATS_URL: mesh.link.url, FMESH_PROJECT: PROJECT };
  });
  afterEach(() => mesh[Symbol.asyncDispose]());

  const started = async (script: string, more: Record<string, string> = {}): Promise<WorkerProcess> => {
    const worker = startWorker(script, { folder, env: { ...env, ...more } });
    await worker.untilSaid("service is up");
    return worker;
  };

  test("joins the mesh that NATS_URL and FMESH_PROJECT name", async () => {
    await using worker = await started("worker.ts");
    expect(await mesh.call("worker", "echo", { a: 1 })).toEqual({ a: 1 });
    expect(await worker.untilSaid("service is up")).toMatchObject({
      service: "worker",
      project: PROJECT,
      functions: ["echo", "wait"],
    });
  });

  test("joins the mesh whose note lies in a folder above it", async () => {
    const inner = join(folder, "a", "b");
    await mkdir(inner, { recursive: true });
    await leaveNote(
      JSON.stringify({
        pid: process.pid,
        brokerUrl: mesh.link.url,
        gatewayUrl: "http://127.0.0.1:1",
        project: PROJECT,
      }),
    );
    await using worker = startWorker("worker.ts", { folder: inner, env: {} });
    await worker.untilSaid("service is up");
    expect(await mesh.call("worker", "echo", 1)).toBe(1);
  });

  test("starts before its broker and waits for it", async () => {
    await mesh.link.stopBroker();
    await using worker = startWorker("worker.ts", { folder, env });
    await worker.untilSaid("cannot reach the broker yet; trying on");
    await mesh.link.startBroker();
    expect(await worker.untilSaid("service is up")).toMatchObject({ service: "worker" });
  });

  test.each(["SIGTERM", "SIGINT"] as const)("answers the call in flight after %s, then ends with 0", async (signal) => {
    await using worker = await started("worker.ts");
    const call = mesh.call("worker", "wait", undefined, LONG);
    await door.reached();
    worker.kill(signal);
    await worker.untilSaid("draining");
    door.open();
    expect(await call).toBe("answered");
    expect(await worker.ended()).toBe(0);
  });

  test("answers the call in flight when both signals come, as Ctrl-C and its parent send them", async () => {
    await using worker = await started("worker.ts");
    const call = mesh.call("worker", "wait", undefined, LONG);
    await door.reached();
    worker.kill("SIGINT");
    await worker.untilSaid("draining");
    worker.kill("SIGTERM");
    door.open();
    expect(await call).toBe("answered");
    expect(await worker.ended()).toBe(0);
  });

  test("answers the call in flight when a signal is delivered twice, as by a process group and a launcher", async () => {
    await using worker = await started("worker.ts");
    const call = mesh.call("worker", "wait", undefined, LONG);
    await door.reached();
    worker.kill("SIGINT");
    worker.kill("SIGINT");
    await worker.untilSaid("draining");
    worker.kill("SIGINT");
    door.open();
    expect(await call).toBe("answered");
    expect(await worker.ended()).toBe(0);
  });

  test("ends without draining when the same signal comes again later", async () => {
    await using worker = await started("worker.ts");
    const call = errorOf(mesh.call("worker", "wait", undefined, { timeoutMs: 5_000 }));
    await door.reached();
    const again = setInterval(() => worker.kill("SIGTERM"), 200);
    expect(await worker.ended()).toBe(143);
    clearInterval(again);
    expect((await call).code).toBe("deadline_exceeded");
  });

  test("hosts two services and answers the calls of both before it ends", async () => {
    await using worker = startWorker("two-services.ts", { folder, env });
    await worker.untilSaid("service is up", { service: "second" });
    const calls = [mesh.call("first", "wait", undefined, LONG), mesh.call("second", "wait", undefined, LONG)];
    await door.reached(2);
    worker.kill("SIGTERM");
    await worker.untilSaid("draining");
    door.open();
    expect(await Promise.all(calls)).toEqual(["answered", "answered"]);
    expect(await worker.ended()).toBe(0);
  });

  test.each(["0", "1"])("ends by itself once it has stopped its services (supervised: %s)", async (supervised) => {
    await using worker = await started("stops-itself.ts", { FMESH_SUPERVISED: supervised });
    expect(await worker.ended()).toBe(0);
    expect(await worker.errors()).toBe("");
  });

  test("that is supervised answers the call in flight when its standard input ends, then ends with 0", async () => {
    await using worker = await started("worker.ts", { FMESH_SUPERVISED: "1" });
    const call = mesh.call("worker", "wait", undefined, LONG);
    await door.reached();
    worker.endInput();
    expect(await worker.untilSaid("draining")).toMatchObject({ reason: "stdin closed" });
    door.open();
    expect(await call).toBe("answered");
    expect(await worker.ended()).toBe(0);
  });

  test("that is not supervised goes on when its standard input ends", async () => {
    await using worker = await started("worker.ts");
    worker.endInput();
    expect(await mesh.call("worker", "echo", 1)).toBe(1);
    worker.kill("SIGTERM");
    expect(await worker.untilSaid("draining")).toMatchObject({ reason: "SIGTERM" });
  });

  test("does not outlive a supervisor that is killed, yet answers the call in flight", async () => {
    await using supervisor = await started("supervisor.ts");
    const call = mesh.call("worker", "wait", undefined, LONG);
    await door.reached();
    supervisor.kill("SIGKILL");
    door.open();
    expect(await call).toBe("answered");
    // The worker shares it: it ends with the later of the two.
    expect(await supervisor.errors()).toBe("");
  });

  test("does not outlive a supervisor that takes the broker along", async () => {
    await using worker = await started("worker.ts", { FMESH_SUPERVISED: "1" });
    await mesh.link.stopBroker();
    worker.endInput();
    expect(await worker.ended()).toBe(0);
  });

  test.each(["supervised", "by hand"])("that still waits for its broker can be stopped (%s)", async (how) => {
    await mesh.link.stopBroker();
    const supervised = how === "supervised" ? { FMESH_SUPERVISED: "1" } : {};
    await using worker = startWorker("worker.ts", { folder, env: { ...env, ...supervised } });
    await worker.untilSaid("cannot reach the broker yet; trying on");
    if (how === "supervised") worker.endInput();
    else worker.kill("SIGTERM");
    expect(await worker.ended()).toBe(0);
    expect(await worker.errors()).toBe("");
  });
});

describe("a worker process that cannot know its mesh ends with 1 and says", () => {
  const complaint = async (env: Record<string, string> = {}): Promise<string> => {
    await using worker = startWorker("worker.ts", { folder, env });
    expect(await worker.ended()).toBe(1);
    return await worker.errors();
  };

  test("that there is none", async () => {
    expect(await complaint()).toContain("no mesh to join: start one with `fmesh up`, or set NATS_URL");
  });

  test("that it lacks a project", async () => {
    expect(await complaint({ NATS_URL: "ws://127.0.0.1:1" })).toContain("set FMESH_PROJECT to its id");
  });

  test("that the broker's URL is none", async () => {
    const text = await complaint({ NATS_URL: "redis://s3cret@host", FMESH_PROJECT: PROJECT });
    expect(text).toContain('a broker\'s URL cannot start with "redis://"');
    expect(text).not.toContain("s3cret");
  });

  test.each(["", "{", "[]", '{"pid":1,"brokerUrl":7}', '{"brokerUrl":"ws://s3cret@host"'])(
    "that the note %j is not one",
    async (note) => {
      await leaveNote(note);
      const text = await complaint();
      expect(text).toContain(`"${join(folder, RUNNING_MESH_FILE)}" is not a note of a running mesh; delete it`);
      expect(text).not.toContain("s3cret");
    },
  );
});

test("a broken note does not bother a worker that was told where it belongs", async () => {
  await using mesh = await openServiceMesh("embedded");
  await leaveNote("{");
  await using worker = startWorker("worker.ts", {
    folder,
    env: { NATS_URL: mesh.link.url, FMESH_PROJECT: PROJECT },
  });
  expect(await worker.untilSaid("service is up")).toMatchObject({ service: "worker" });
});

async function leaveNote(text: string): Promise<void> {
  const file = join(folder, RUNNING_MESH_FILE);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, text);
}
