import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningCommand, startFmesh } from "../support/fmesh.ts";

const MB = 1_000_000;
const TOTAL_BYTES = 100 * MB;
/** An upload may have so much, so there are two. */
const UPLOAD_BYTES = 50 * MB;
const MAX_GROWTH_MB = 32;
/** Until the compilers are done and the heaps have their size, a process is not what it will be. */
const WARM_UP_ROUNDS = 15;
/** So little that it cannot hide what is measured. */
const WARM_UP_BYTES = 8 * MB;

/**
 * What 100 MB may cost in memory: no process may hold more of a stream than its windows, however slow the other side. Left to
 * itself the collector lets up to some thirty megabytes of chunks that have passed lie about, and more while the machine is
 * busy: so it is made to run all the time.
 */
describe("100 MB through gateway and worker", () => {
  let folder: string;
  let mesh: RunningCommand;
  let url: string;
  let pids: number[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fmesh-memory-"));
    const config = {
      projects: [{ id: "shop", services: { flood: { functions: { default: { rule: "allow" } } } } }],
      gateway: { port: 0, limits: { maxBodyBytes: UPLOAD_BYTES } },
      broker: { tcpPort: 0, wsPort: 0 },
      workers: [{ run: join(import.meta.dirname, "fixtures/flood.ts") }],
    };
    await writeFile(join(folder, "fmesh.yaml"), JSON.stringify(config));
    mesh = startFmesh(["up", folder], {
      env: { BUN_OPTIONS: `--preload=${join(import.meta.dirname, "fixtures/collect-often.ts")}` },
    });
    const output = await mesh.until(/Ctrl-C stops everything/);
    url = /gateway +(\S+)/.exec(output)?.[1] ?? "";
    pids = [mesh.pid, ...(await childrenOf(mesh.pid))];
  });
  afterAll(async () => {
    await mesh.stop();
    await rm(folder, { recursive: true });
  });

  /** How much more memory each process needed at its peak than before, in MB. */
  const growthsOf = async (work: (bytes: number) => Promise<void>): Promise<number[]> => {
    const before = await Promise.all(pids.map((pid) => memoryOf(pid, "VmRSS")));
    // 5 sets the peak back to what is used now (proc(5)).
    await Promise.all(pids.map((pid) => writeFile(`/proc/${pid}/clear_refs`, "5")));
    await work(TOTAL_BYTES);
    const peaks = await Promise.all(pids.map((pid) => memoryOf(pid, "VmHWM")));
    return peaks.map((peak, index) => peak - (before[index] ?? 0));
  };
  const call = (name: string, body: BodyInit): Promise<Response> =>
    fetch(`${url}/v1/call/shop/flood/${name}`, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });

  const download = async (bytes: number, beforeEachMb: () => Promise<void>): Promise<void> => {
    const response = await call("down", JSON.stringify({ bytes }));
    let size = 0;
    let pausedAt = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size < pausedAt) continue;
      pausedAt = size + MB;
      await beforeEachMb();
    }
    expect(size).toBeGreaterThanOrEqual(bytes);
  };
  const upload = async (name: string, bytes: number): Promise<void> => {
    for (let left = bytes; left > 0; left -= UPLOAD_BYTES) {
      const size = Math.min(left, UPLOAD_BYTES);
      expect(await (await call(name, new Uint8Array(size))).json()).toBe(size);
    }
  };

  beforeAll(async () => {
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      await download(WARM_UP_BYTES, () => Promise.resolve());
      await upload("up", WARM_UP_BYTES);
    }
  });

  test.each([
    ["down to a slow reader", (bytes: number) => download(bytes, () => Bun.sleep(20))],
    ["up to a slow reader", (bytes: number) => upload("upSlowly", bytes)],
    ["down to a fast reader", (bytes: number) => download(bytes, () => Promise.resolve())],
    ["up to a fast reader", (bytes: number) => upload("up", bytes)],
  ] as const)(
    `%s: no process grows by more than ${MAX_GROWTH_MB} MB`,
    async (_way, work) => {
      const growths = await growthsOf(work);
      expect(growths).toHaveLength(2);
      expect(Math.max(...growths)).toBeLessThanOrEqual(MAX_GROWTH_MB);
    },
    60_000,
  );
});

async function memoryOf(pid: number, what: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / MB;
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(threads.map((id) => readFile(`/proc/${pid}/task/${id}/children`, "utf8")));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}
