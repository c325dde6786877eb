import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startReconciler } from "../../functions-service/events/reconciler.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredEvent } from "../../mesh/event.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";
import { host } from "../../worker-service/host.ts";
import { defineService } from "../../worker-service/service.ts";
import { useNats } from "../support/nats.ts";
import { usePostgres } from "../support/postgres.ts";
import { type MortalProcess, startMortal } from "./mortal-process.ts";
import { openStoreAt, postgresPlace, sqlitePlace } from "./store-place.ts";

const GATEWAY_STEPS = ["begin", "call", "end"].flatMap((step) => [
  `before ${step}`,
  `${step} sent`,
  `${step} answered`,
]);
/** Of a gateway whose records wait in a folder. */
const KEEPING_STEPS = [
  ...["call", "ship"].flatMap((step) => [`before ${step}`, `${step} sent`, `${step} answered`]),
  ...["before append", "appended", "before forget", "forgotten"],
];
const RECORDER_STEPS = ["before append", "appended", "before project", "projected"];
const ROUNDS = 8;
const CALLS = 6;
const HOUR_MS = 3_600_000;
const TIMEOUT = { timeout: 120_000 };

const CONFIG = JSON.stringify({
  projects: [
    {
      id: "shop",
      services: {
        work: { functions: { run: { rule: { rule: "allow" }, record: { mode: "full", redact: ["payload.secret"] } } } },
      },
    },
  ],
});

const postgres = usePostgres();
const parts = new CloseStack();
/** The calls whose handler has begun. */
const handled = new Set<number>();
let natsUrl = "";

beforeAll(async () => {
  const nats = await useNats("embedded");
  parts.defer(() => nats.stop());
  natsUrl = nats.wsUrl;
  const broker = parts.use(natsBroker({ url: natsUrl, name: "worker", log: silentLog }));
  await broker.connect();
  const run = ({ n }: { n: number }): unknown => {
    handled.add(n);
    if (n % 3 === 0) throw new MeshError("function_failed", "three is too many", { status: 422 });
    return { n };
  };
  await host(defineService("work", { run }), { broker, project: "shop", log: silentLog });
});
afterAll(() => parts.close());

let lastCall = 0;

test.each([
  ...GATEWAY_STEPS.map((step) => ["gateway", step, "SQLite"] as const),
  ...RECORDER_STEPS.map((step) => ["recorder", step, "SQLite"] as const),
  ["recorder", "appended", "PostgreSQL"] as const,
  ...KEEPING_STEPS.map((step) => ["gateway", step, "SQLite and a folder"] as const),
  ...RECORDER_STEPS.map((step) => ["recorder", step, "SQLite and a folder"] as const),
])("every call is recorded as its caller saw it when the %s is killed: %s (%s)", TIMEOUT, async (who, step, kind) => {
  const place = await (kind === "PostgreSQL" ? postgresPlace(postgres.url) : sqlitePlace());
  const folder = await mkdtemp(join(tmpdir(), "records-"));
  const store = place.url;
  /** What callers saw, by call: a status, or `undefined` when the connection broke. */
  const seen = new Map<number, number | undefined>();
  await using processes = new Processes({ STORE: store, ...(kind === "SQLite and a folder" && { RECORDS: folder }) });
  await processes.start("recorder");
  await processes.start("gateway");
  // A gateway with a folder does not wait for a recorder that died.
  const rounds = who === "recorder" && kind === "SQLite and a folder" ? ROUNDS / 2 : ROUNDS;
  for (let round = 0; round < rounds; round++) {
    await processes.restart(who, { DIE_AT: step, DIE_AFTER: String(6 + (round % 4)) });
    const { gone } = processes.of(who);
    const url = `http://127.0.0.1:${processes.of("gateway").ready}/v1/call/shop/work/run`;
    const over = new AbortController();
    const calling = Array.from({ length: CALLS }, async () => {
      while (!over.signal.aborted) {
        const n = ++lastCall;
        seen.set(n, await call(url, n));
      }
    });
    await gone;
    if (who === "recorder") await processes.start("recorder");
    over.abort();
    await Promise.all(calling);
  }
  // What a gateway that lives still has to say it says before it ends.
  if (who === "gateway") await processes.restart("gateway", {});
  await processes.of("gateway").stop();
  await processes.of("recorder").stop();

  const recorded = await recordsOf(store);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
  await place.close();
  const wrong = Array.from(seen).filter(([n, status]) => !isTrue(recorded.get(n), { n, status }));
  expect(wrong.map(([n, status]) => ({ n, status, record: recorded.get(n) }))).toEqual([]);
  expect(Array.from(recorded.values()).filter(({ status }) => status === "PENDING")).toEqual([]);
  expect(Array.from(seen.values()).filter((status) => status === 200).length).toBeGreaterThan(0);
});

/** Whether a record, if there is one, tells what the caller saw, and there is one if anything happened. */
function isTrue(record: StoredEvent | undefined, { n, status }: { n: number; status: number | undefined }): boolean {
  if (record === undefined) return !handled.has(n) && (status === undefined || status === 503);
  if (status === 200) return record.status === "SUCCESS" && JSON.stringify(record.response) === JSON.stringify({ n });
  if (status === 422) return record.status === "FAILURE" && record.error?.code === "function_failed";
  // The call was turned away, and the record, if it came to that, says so.
  if (status === 503) return record.status === "FAILURE";
  return status === undefined || status === 504;
}

async function call(url: string, n: number): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Request-Timeout": "5" },
      body: JSON.stringify({ n, secret: "hunter2" }),
    });
    await response.arrayBuffer();
    // Refused at once: the next attempt need not come at once, too.
    if (response.status === 503) await Bun.sleep(20);
    return response.status;
  } catch {
    await Bun.sleep(20);
    return undefined;
  }
}

/** What was stored, once invocations are ended whose time is over. */
async function recordsOf(url: string): Promise<ReadonlyMap<number, StoredEvent>> {
  const store = await openStoreAt(url);
  const reconciler = startReconciler({
    ...store,
    log: silentLog,
    now: () => Date.now() + HOUR_MS,
  });
  await reconciler.run();
  const records = new Map<number, StoredEvent>();
  let cursor: string | undefined;
  do {
    const page = await store.events.list("shop", {}, { limit: 1000, cursor });
    for (const event of page.items) {
      expect(JSON.stringify(event)).not.toContain("hunter2");
      records.set((event.payload as { n: number }).n, event);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  await reconciler.close();
  await store.close();
  return records;
}

type Role = "gateway" | "recorder";

/** The two processes, of which one dies now and then. */
class Processes implements AsyncDisposable {
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Map<Role, MortalProcess>();

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  of(role: Role): MortalProcess {
    const found = this.#running.get(role);
    if (found === undefined) throw new Error(`the ${role} was not started`);
    return found;
  }

  async start(role: Role, death: Readonly<Record<string, string>> = {}): Promise<void> {
    const env = { NATS_URL: natsUrl, ...this.#env, CONFIG, PORT: "0", ...death };
    this.#running.set(role, await startMortal(`mortal-${role}.ts`, env));
  }

  async restart(role: Role, death: Readonly<Record<string, string>>): Promise<void> {
    await this.of(role)[Symbol.asyncDispose]();
    await this.start(role, death);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running.values()) await running[Symbol.asyncDispose]();
  }
}
