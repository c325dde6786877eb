import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startActivator } from "../../../builder/activator.ts";
import type { Bundle } from "../../../builder/build.ts";
import type { OnDemand } from "../../../builder/deployer.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { type TestMesh, shopConfig, startTestMesh } from "../../support/mesh.ts";
import { bundled, source } from "../bundle/bundling.ts";
import { type FunctionProcess, startFunction } from "../bundle/function-process.ts";
import { LABEL, PROJECT, testHome } from "./activating.ts";

/** Writes down each run, takes a moment, and says who it was. */
const HANDLER = `
import { appendFileSync } from "node:fs";

export default async function ({ n }: { n: number }) {
  appendFileSync(process.env.RUNS ?? "", \`\${n}\\n\`);
  await new Promise((resolve) => setTimeout(resolve, 10));
  return { n, by: process.env.NAME };
}
`;

/** 500 that are marked as idempotent, and 100 that are not. */
const CALLS_PER_SECOND = 600;
/** More than anything here takes; what is lost and not marked is waited for so long. */
const TIMEOUT_SECONDS = 6;
/** Of calls that are not marked, those may fail that were under way when their worker was killed. */
const LOST: readonly string[] = ["deadline_exceeded", "bad_reply"];

/** How a call ended. */
interface Ended {
  readonly n: number;
  readonly isMarked: boolean;
  readonly startedAt: number;
  readonly ms: number;
  readonly status: number;
  readonly answer: { readonly n?: number; readonly by?: string; readonly code?: string };
}

describe.each(brokersUnderTest())("when every worker is killed, over %s", (kind) => {
  let parts: CloseStack;
  let folder: string;
  let mesh: TestMesh;
  let bundle: Bundle;
  afterEach(async () => {
    await parts.close();
    await rm(folder, { recursive: true, force: true });
  });

  const prepare = async (onDemand: OnDemand): Promise<void> => {
    parts = new CloseStack();
    folder = await mkdtemp(join(tmpdir(), "fmesh-killed-"));
    await writeFile(join(folder, "runs"), "");
    bundle ??= await bundled(source(HANDLER));
    mesh = await startTestMesh({ kind, config: shopConfig({ [LABEL]: { handler: "allow" } }) });
    parts.use({ close: () => mesh.stop() });
    const broker = await mesh.connect();
    parts.use(await startActivator({ broker, deployer: testHome(onDemand), log: silentLog }));
  };
  const start = async (name: string, env: Record<string, string> = {}): Promise<FunctionProcess> => {
    const started = await startFunction(bundle, { RUNS: join(folder, "runs"), NAME: name, ...env });
    parts.defer(async () => await started[Symbol.asyncDispose]());
    return started;
  };
  const worker = async (name: string): Promise<FunctionProcess> => {
    const started = await start(name, { NATS_URL: mesh.natsUrl, FMESH_PROJECT: PROJECT, FMESH_SERVICE: LABEL });
    await started.untilSaid("service is up");
    return started;
  };
  /** Two workers, none, and one again; calls all the while. */
  const killAll = async (by: { meanwhile(): Promise<void>; returned?(): void }): Promise<Outcome> => {
    const workers = await Promise.all([worker("first"), worker("second")]);
    const load = startLoad(`${mesh.url}/v1/call/${PROJECT}/${LABEL}/handler`);
    await Bun.sleep(1_000);
    await Promise.all(workers.map((each) => each[Symbol.asyncDispose]()));
    await by.meanwhile();
    await worker("returned");
    by.returned?.();
    const returnedAt = Date.now();
    await Bun.sleep(2_000);
    const ended = await load.end();
    const runs = (await readFile(join(folder, "runs"), "utf8")).trim().split("\n").map(Number);
    return { ended, returnedAt, runs };
  };

  it("calls go to the route of the function until one comes back", async () => {
    const pods: FunctionProcess[] = [];
    await prepare({ kind: "route", routeOf: () => ({ url: pods.at(-1)?.url ?? "http://127.0.0.1:1/" }) });
    pods.push(await start("pod", { FMESH_TRUST_CLAIMS: "1" }));
    const outcome = await killAll({
      async meanwhile() {
        await Bun.sleep(700);
        // Not even the route is there for a while.
        await pods[0]?.[Symbol.asyncDispose]();
        await Bun.sleep(300);
        pods.push(await start("another pod", { FMESH_TRUST_CLAIMS: "1" }));
        await Bun.sleep(500);
      },
    });
    expect(verdict(outcome)).toEqual(AS_PROMISED);
    const by = new Set(outcome.ended.map(({ answer }) => answer.by));
    for (const name of ["first", "second", "pod", "another pod", "returned"]) expect(by).toContain(name);
  }, 60_000);

  it("calls wait until one is woken", async () => {
    const awake = Promise.withResolvers<void>();
    await prepare({ kind: "wake", wake: () => awake.promise });
    const outcome = await killAll({ meanwhile: () => Bun.sleep(1_500), returned: () => awake.resolve() });
    expect(verdict(outcome)).toEqual(AS_PROMISED);
    const waited = outcome.ended.filter(({ ms, answer }) => ms > 500 && answer.by === "returned");
    expect(waited.length).toBeGreaterThan(300);
  }, 60_000);
});

/** What became of all calls, and every run of the handler. */
interface Outcome {
  readonly ended: readonly Ended[];
  readonly returnedAt: number;
  readonly runs: readonly number[];
}

/** What holds whatever home there is. */
const AS_PROMISED = { isEnough: true, failed: [], lost: [], isFewLost: true, runTwice: [], strayed: [] };

function verdict({ ended, returnedAt, runs }: Outcome): typeof AS_PROMISED {
  const marked = ended.filter(({ isMarked }) => isMarked);
  const others = ended.filter(({ isMarked }) => !isMarked);
  const unanswered = others.filter(({ status }) => status !== 200);
  const late = ended.filter(({ startedAt }) => startedAt > returnedAt + 1_000);
  const counts = Map.groupBy(runs, (n) => n);
  const facts = {
    isEnough: marked.length > 1_500 && late.length > 300,
    failed: marked.filter(({ n, status, answer }) => status !== 200 || answer.n !== n),
    lost: unanswered.filter(({ answer }) => !LOST.includes(answer.code ?? "")),
    isFewLost: unanswered.length < others.length / 10,
    runTwice: others.filter(({ n }) => (counts.get(n)?.length ?? 0) > 1),
    // Within a second of its return calls go to the one that is there.
    strayed: late.filter(({ answer }) => answer.by !== "returned"),
  };
  return facts as typeof AS_PROMISED;
}

function startLoad(url: string): { end(): Promise<readonly Ended[]> } {
  const child = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dirname, "fixtures/load.ts"),
      url,
      String(CALLS_PER_SECOND),
      String(TIMEOUT_SECONDS),
    ],
    {
      env: { PATH: process.env["PATH"] ?? "", BUN_CONFIG_MAX_HTTP_REQUESTS: "20000" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  const written = new Response(child.stdout).text();
  return {
    async end() {
      await child.stdin.end();
      const lines = (await written).trim().split("\n");
      return lines.map((line) => JSON.parse(line) as Ended);
    },
  };
}
