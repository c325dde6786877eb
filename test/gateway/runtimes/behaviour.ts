import { Database } from "bun:sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { probe } from "../probe.ts";
import { siteService } from "../site.ts";
import { newWatched, streaming } from "../streaming.ts";
import { CROWD, callBehaviour } from "./calls.ts";
import { differenceReport } from "./differences.ts";
import type { RuntimeKind } from "./gateway-process.ts";
import { outageBehaviour } from "./outage.ts";
import { ruleBehaviour } from "./rules.ts";
import { meeting, siteConfig, vault } from "./site.ts";
import { spaceCloudBehaviour } from "./space-cloud.ts";
import { type RuntimeUnderTest, startRuntime } from "./start-runtime.ts";
import { type Watching, streamBehaviour } from "./streams.ts";

/** What the gateway promises, whatever it runs on; and what it does not, as docs/edge.md has it. */
export function gatewayBehaviour(kind: RuntimeKind): void {
  describe(`the gateway on ${kind}`, () => {
    const parts = new CloseStack();
    const watching: Watching = { current: newWatched() };
    let running: RuntimeUnderTest | undefined;
    const gateway = (): RuntimeUnderTest => {
      if (running === undefined) throw new Error("it is started before the first test");
      return running;
    };

    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), "runtimes-"));
      parts.defer(() => rm(folder, { recursive: true }));
      const hooks = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answerHook });
      parts.defer(() => hooks.stop(true));
      const database = join(folder, "main.sqlite");
      makeDatabase(database);
      running = await startRuntime(kind, {
        config: { ...siteConfig(`${hooks.url.origin}/ask`), databases: { main: { kind: "sqlite", path: database } } },
        services: [probe, siteService(), streaming(() => watching.current), vault, meeting(CROWD)],
      });
      parts.defer(async () => gateway()[Symbol.asyncDispose]());
    });
    afterAll(() => parts.close());

    callBehaviour(gateway);
    ruleBehaviour(gateway);
    spaceCloudBehaviour(gateway);
    streamBehaviour(gateway, watching);
    differenceReport(gateway);
    outageBehaviour(gateway);
  });
}

async function answerHook(request: Request): Promise<Response> {
  const { params } = (await request.json()) as { params: { please?: boolean } };
  return new Response(null, { status: params.please === true ? 204 : 403 });
}

function makeDatabase(path: string): void {
  const database = new Database(path);
  database.run("create table users (id text)");
  database.run("insert into users values ('u1')");
  database.close();
}
