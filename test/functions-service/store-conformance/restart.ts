import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import type { Store } from "../../../functions-service/store.ts";
import type { StoredEvent } from "../../../mesh/event.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

const WRITER = join(import.meta.dirname, "../fixtures/store-writer.ts");
const ROUNDS = 5;

/** What is asked of a store whose process is killed. */
export function restartConformance(current: () => StoreUnderTest): void {
  test("what was acknowledged is there after the process was killed, and batches are there as a whole", async () => {
    const { store, place } = current();
    for (let round = 0; round < ROUNDS; round++) {
      const project = `p${round}`;
      const acknowledged = await killedWriter({ url: place.url, project, after: 3 + 4 * round });
      const again = await place.open();
      const items = await listAll(again, project);
      const ids = items.map(({ id }) => id);
      for (const { batch, size } of acknowledged) {
        const written = items.filter(({ id }) => id.startsWith(`${batch}-`));
        expect(written.map(({ status }) => status)).toEqual(Array.from({ length: size }, () => "SUCCESS"));
      }
      const batches = new Map(
        ids.map((id) => [id.split("-")[0], ids.filter((other) => other.startsWith(`${id.split("-")[0]}-`))]),
      );
      for (const [batch, whole] of batches) expect(whole, `batch ${batch}`).toHaveLength(1 + (Number(batch) % 9));
      const settled = items.filter(({ status }) => status === "SUCCESS");
      expect(await countTransitions(again, project)).toBe(items.length + settled.length);
    }
    await store.ping();
  });
}

/** However far the writer got until it was killed. */
async function listAll({ events }: Store, project: string): Promise<readonly StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let cursor: string | undefined, isDone = false; !isDone;) {
    const { items, next } = await events.list(project, {}, { limit: 1000, cursor });
    all.push(...items);
    cursor = next;
    isDone = next === undefined;
  }
  return all;
}

/** However fast it was: a reading need not give all there is. */
async function countTransitions({ journal }: Store, project: string): Promise<number> {
  let count = 0;
  for (let after = -1, end = 0; after !== end;) {
    after = end;
    const page = await journal.read(after, { limit: 10_000, project });
    count += page.transitions.length;
    end = page.end;
  }
  return count;
}

/** Runs a process that writes batches without end, kills it after so many, and gives what it had acknowledged. */
async function killedWriter(options: { url: string; project: string; after: number }) {
  const { url, project, after } = options;
  const child = spawn(process.execPath, [WRITER, url, project], { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged: { batch: number; size: number }[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(JSON.parse(line) as { batch: number; size: number });
    if (acknowledged.length === after) child.kill("SIGKILL");
  }
  if (child.signalCode === null && child.exitCode === null) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
  return acknowledged;
}
