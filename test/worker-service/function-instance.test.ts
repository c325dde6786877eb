import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bundle } from "../../builder/build.ts";
import { type Broker, EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { unixBrokerUrl } from "../../mesh/broker/address.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { CALL_HEADERS, decodeReply } from "../../mesh/call.ts";
import { type InstanceReport, parseInstanceReport } from "../../mesh/instance-report.ts";
import { silentLog } from "../../mesh/log.ts";
import { functionSubject, heldSubject, instanceSubject, instanceUpSubject } from "../../mesh/subjects.ts";
import { decodePayload } from "../../mesh/payload.ts";
import { bundled, source } from "../builder/bundle/bundling.ts";
import { spawnFunction } from "../builder/bundle/function-process.ts";
import { type BrokerUnderTest, brokersUnderTest, useNats } from "../support/nats.ts";
import { python } from "../support/python.ts";

const PROJECT = "shop";
const TOKEN = "a t0ken/of the broker";
const SECRET = "of the shop: ä\n";
const LONG = { timeoutMs: 15_000 };

const SCRIPT = `
import { existsSync } from "node:fs";

const atStart = process.env.API_KEY;
export default async ({ env, until }: any, context: any) => {
  if (until) context.log.info("waiting");
  while (until && !existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 10));
  return { atStart, value: process.env[env ?? "API_KEY"] ?? null };
};
`;
const PYTHON_SCRIPT = `
import asyncio
import os

at_start = os.environ["API_KEY"]


async def handler(data, context):
    if "until" in data:
        context.log.info("waiting")
        while not os.path.exists(data["until"]):
            await asyncio.sleep(0.01)
    return {"atStart": at_start, "value": os.environ.get(data.get("env", "API_KEY"))}
`;

type Spawned = Awaited<ReturnType<typeof spawnFunction>>;

describe.each(brokersUnderTest())("with %s at a Unix socket", (kind) => {
  let folder: string;
  let nats: BrokerUnderTest;
  let broker: Broker;
  beforeAll(async () => {
    python();
    folder = await mkdtemp(join(tmpdir(), "instance-"));
    nats = await useNats(kind, { auth: { token: TOKEN }, unixPath: join(folder, "broker.sock") });
    const url = nats.tcpUrl.replace("//", `//${encodeURIComponent(TOKEN)}@`);
    const connection = natsBroker({ url, name: "test", log: silentLog });
    await connection.connect();
    broker = connection;
  });
  afterAll(async () => {
    await broker?.close();
    await nats?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(["bun", "node", "deno", "python"] as const)("an instance on %s", (runtime) => {
    let bundle: Bundle;
    let secrets: string;
    const service = `greet-${runtime}`;
    const address = { project: PROJECT, service, instance: `${service}-1` };
    const env = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
      NATS_URL: unixBrokerUrl(join(folder, "broker.sock"), { credentials: { token: TOKEN } }),
      FMESH_HTTP: "0",
      FMESH_PROJECT: PROJECT,
      FMESH_SERVICE: service,
      FMESH_VERSION: "7",
      FMESH_INSTANCE: address.instance,
      FMESH_SECRETS: secrets,
      ...more,
    });
    const started = async (more: Readonly<Record<string, string>> = {}): Promise<[Spawned, InstanceReport]> => {
      const up = Promise.withResolvers<InstanceReport>();
      const instance = more["FMESH_INSTANCE"] ?? address.instance;
      const heard = broker.subscribe(instanceUpSubject({ ...address, instance }), {}, (message) =>
        up.resolve(parseInstanceReport(message)),
      );
      await broker.flush();
      const running = await spawnFunction(bundle, env(more));
      const ended = running.ended().then((how) => {
        throw new Error(`it ended with ${how}: ${JSON.stringify(running.lines)}`);
      });
      const report = await Promise.race([up.promise, ended]);
      ended.catch(() => undefined); // from here on it may
      await heard.drain();
      return [running, report];
    };
    const ask = async (request: object): Promise<InstanceReport> => {
      const payload = new TextEncoder().encode(JSON.stringify(request));
      const reply = await broker.request(instanceSubject(address), { payload, headers: {} }, LONG);
      decodeReply(reply);
      return parseInstanceReport(reply);
    };
    const call = async (id: string, params: object): Promise<unknown> => {
      const payload = new TextEncoder().encode(JSON.stringify(params));
      const message = { payload, headers: { [CALL_HEADERS.id]: id } };
      const subject = functionSubject({ project: PROJECT, service, function: "handler" });
      return decodePayload(decodeReply(await broker.request(subject, message, LONG)));
    };
    const holders = async (id: string): Promise<number> => {
      const question = { ...EMPTY_MESSAGE, headers: { [CALL_HEADERS.id]: id } };
      return (await broker.gather(heldSubject(address), question, { timeoutMs: 150 })).length;
    };

    let running: Spawned;
    let first: InstanceReport;
    beforeAll(async () => {
      const of = runtime === "python" ? ({ template: "python", runtime } as const) : { runtime };
      bundle = await bundled(source(runtime === "python" ? PYTHON_SCRIPT : SCRIPT, of));
      secrets = join(folder, `secrets-${runtime}`);
      // As Kubernetes mounts them.
      await mkdir(join(secrets, "..2026"), { recursive: true });
      await writeFile(join(secrets, "..2026", "API_KEY"), SECRET);
      await symlink("..2026", join(secrets, "..data"));
      await symlink("..data/API_KEY", join(secrets, "API_KEY"));
      await writeFile(join(secrets, "FMESH_PROJECT"), "another");
      await writeFile(join(secrets, "TAKEN"), "secret");
      await writeFile(join(secrets, "not-a-variable"), "x");
      [running, first] = await started({ FMESH_SHARE: "2", TAKEN: "open" });
    });
    afterAll(() => running?.[Symbol.asyncDispose]());

    it("says that it is up, and takes calls from then on; no port is open", async () => {
      expect(first).toEqual({ share: 2, running: 0, waiting: 0, calls: 0, version: 7 });
      expect(await call("first", {})).toMatchObject({ value: SECRET });
      expect(running.lines.find(({ message }) => message === "function is up")).not.toHaveProperty("port");
    });

    it("gives its handler the secrets before it is loaded, over other variables, and tells nobody else", async () => {
      expect(await call("secrets", { env: "TAKEN" })).toEqual({ atStart: SECRET, value: "secret" });
      const text = JSON.stringify(running.lines);
      for (const secret of [SECRET.trim(), "t0ken", "another"]) expect(text).not.toContain(secret);
    });

    it("takes as much of the calls as it is told to", async () => {
      expect(await ask({ share: 0 })).toMatchObject({ share: 0, version: 7 });
      await expect(call("nobody", {})).rejects.toMatchObject({ code: "worker_unavailable" });
      expect(await ask({ share: 5 })).toMatchObject({ share: 5 });
      expect(await ask({})).toMatchObject({ share: 5, running: 0, waiting: 0 });
      await expect(ask({ share: 101 })).rejects.toMatchObject({ code: "invalid_request" });
      await expect(ask({ share: null })).rejects.toMatchObject({ code: "invalid_request" });
      expect(await call("again", {})).toMatchObject({ value: SECRET });
    });

    it("loses no call while its share changes", async () => {
      const calls: Promise<unknown>[] = [];
      const [other] = await started({ FMESH_INSTANCE: `${service}-2` });
      for (let round = 0; round < 20; round++) {
        for (let count = 0; count < 5; count++) calls.push(call(`change-${round}-${count}`, {}));
        calls.push(ask({ share: round % 2 === 0 ? 0 : 4 }));
        await broker.flush();
      }
      expect(await Promise.all(calls)).toHaveLength(120);
      await other[Symbol.asyncDispose]();
    });

    it("claims the calls that it runs, counts them, and finishes them when it is told to end", async () => {
      const [ending] = await started();
      await running[Symbol.asyncDispose]();
      const until = join(folder, `go-on-${runtime}`);
      const slow = call("slow", { until });
      await ending.untilSaid("waiting");
      expect(await Promise.all([holders("slow"), holders("another")])).toEqual([1, 0]);
      expect(await ask({})).toMatchObject({ running: 1, waiting: 0, calls: 1 });
      ending.kill("SIGTERM");
      await ending.untilSaid("draining");
      expect(await holders("slow")).toBe(1);
      expect(await ask({ share: 3 })).toMatchObject({ share: 0, running: 1 });
      await writeFile(until, "");
      expect(await slow).toMatchObject({ value: SECRET });
      expect(await ending.ended()).toBe(0);
    });

    it("does not start without its secrets, and says why", async () => {
      const pipe = join(folder, `broken-${runtime}`);
      await mkdir(join(pipe, "API_KEY"), { recursive: true });
      const refused = async (FMESH_SECRETS: string): Promise<string> => {
        await using process = await spawnFunction(bundle, env({ FMESH_SECRETS }));
        expect(await process.ended()).toBe(1);
        return JSON.stringify(await process.untilSaid("the function could not be started"));
      };
      const [missing, noFile] = await Promise.all([refused(join(folder, "nowhere")), refused(pipe)]);
      expect(missing).toContain(`nowhere\\" cannot be read: `);
      expect(noFile).toContain(`API_KEY\\" cannot be read: it is no file`);
    });
  });
});
