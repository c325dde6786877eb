import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localBase } from "../../../../builder/base/local-base.ts";
import type { Runtime, RuntimeSource } from "../../../../builder/base/runtime-files.ts";
import type { Instances } from "../../../../builder/deployer/local/instance.ts";
import { openInstances } from "../../../../builder/deployer/local/instance/open-instances.ts";
import { assembleImage } from "../../../../builder/image/assemble.ts";
import { pushImage } from "../../../../builder/image/push.ts";
import { LayoutRegistry } from "../../../../builder/registry/layout.ts";
import type { DistantBroker } from "../../../../mesh/broker/nats-bun.ts";
import { natsBroker } from "../../../../mesh/broker/nats-bun.ts";
import { Caller } from "../../../../mesh/caller.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { CloseStack } from "../../../../mesh/lifecycle.ts";
import { silentLog } from "../../../../mesh/log.ts";
import { STORED_FUNCTION } from "../../../../mesh/names.ts";
import { instanceUpSubject } from "../../../../mesh/subjects.ts";
import { bubblewrap } from "../../../support/bubblewrap.ts";
import { type BrokerUnderTest, useNats } from "../../../support/nats.ts";
import { bundled, source, type Source } from "../../bundle/bundling.ts";
import { PROGRAMS } from "./programs.ts";
import { deploymentOf, PROJECT, start } from "./using-instances.ts";

const SCRIPT = `export default (data) => ({ hello: data.name, secret: process.env.API_KEY });`;
const PYTHON = `
import os

def handler(data, context):
    return {"hello": data["name"], "secret": os.environ["API_KEY"]}
`;

const RUNTIMES: readonly { runtime: Runtime; of: Source; from?: RuntimeSource }[] = [
  { runtime: "bun", of: source(SCRIPT), from: { program: process.execPath, version: Bun.version } },
  { runtime: "node", of: source(SCRIPT, { runtime: "node" }), from: { program: PROGRAMS.node, version: "20.0.0" } },
  { runtime: "deno", of: source(SCRIPT, { runtime: "deno" }), from: { program: PROGRAMS.deno, version: "2.0.0" } },
  { runtime: "python", of: source(PYTHON, { template: "python", runtime: "python" }) },
];

const stack = new CloseStack();
let folder: string;
let nats: BrokerUnderTest;
let broker: DistantBroker;
const images = new Map<Runtime, Deployment["image"]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-runtimes-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  // As nobody: what instances need to get to must not lie behind what is closed.
  await chmod(folder, 0o755);
  nats = await useNats("embedded", { unixPath: join(folder, "nats.sock"), auth: { token: "a-token-of-the-mesh" } });
  stack.defer(() => nats.stop());
  const url = nats.tcpUrl.replace("nats://", "nats://a-token-of-the-mesh@");
  broker = stack.use(natsBroker({ url, name: "test", log: silentLog }));
  await broker.connect();
  await mkdir(join(folder, "secrets", PROJECT, "stripe"), { recursive: true });
  await writeFile(join(folder, "secrets", PROJECT, "stripe/api-key"), "sk_test_1", { mode: 0o600 });
  const registry = new LayoutRegistry({ folder: join(folder, "registry") });
  for (const { runtime, of, from } of RUNTIMES) {
    const base = await localBase(registry, {
      ...{ repository: `base/${runtime}`, runtime, cacheFolder: join(folder, "cache") },
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      ...(from !== undefined && { from }),
    });
    const image = assembleImage({ bundle: await bundled(of), base, about: { title: runtime } });
    const { reference, repository, descriptor } = await pushImage(registry, `shop/${runtime}`, image, { base });
    images.set(runtime, { reference, repository, digest: descriptor.digest });
  }
}, 120_000);
afterAll(() => stack.close());

describe.each(["off", "required"] as const)("with the sandbox %s", (sandbox) => {
  let instances: Instances;

  beforeAll(async () => {
    instances = await openInstances({
      registry: new LayoutRegistry({ folder: join(folder, "registry") }),
      folder: join(folder, "deployer"),
      secretsFolder: join(folder, "secrets"),
      ...{ sandbox, bwrap: bubblewrap(), programs: PROGRAMS, log: silentLog },
    });
    stack.use(instances);
  });

  test.each(RUNTIMES)(
    "a function on $runtime takes calls in the mesh, with its secrets and without a network",
    async ({ runtime }) => {
      const image = images.get(runtime);
      if (image === undefined) throw new Error(`there is no image for ${runtime}`);
      const label = `on-${runtime}`;
      const secrets = { API_KEY: "stripe/api-key" };
      const up = Promise.withResolvers<void>();
      const subject = instanceUpSubject({ project: PROJECT, service: label });
      broker.subscribe(subject, {}, () => up.resolve());
      await broker.flush();
      const natsUrl = nats.unixUrl.replace("://", "://a-token-of-the-mesh@");
      const deployment = deploymentOf(image, { label, runtime, secrets, network: "none" });
      const running = await start(instances, deployment, { natsUrl });
      const gone = running.ended.then(() => expect.fail(`it ended, and wrote:\n${running.lines.join("\n")}`));
      await Promise.race([up.promise, gone]);
      const caller = new Caller(broker, PROJECT);
      const answer = await caller.call(label, STORED_FUNCTION, { name: "you" }, { timeoutMs: 10_000 });
      expect(answer).toEqual({ hello: "you", secret: "sk_test_1" });
      gone.catch(() => undefined);
      expect(await running.stop(10_000)).toMatchObject({ reason: "stopped", code: 0 });
      expect(running.lines.join("\n")).not.toMatch(/sk_test_1|a-token-of-the-mesh/);
    },
  );
});
