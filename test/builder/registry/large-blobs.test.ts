import { mkdtemp, open, rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDockerRegistry } from "../../support/docker-registry.ts";

const SIZE = 200 * 2 ** 20;
/** Pieces on their way, and what the collector has not looked at yet. */
const MEBIBYTES = 80;

const docker = useDockerRegistry();
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-large-blobs-"));
  file = join(folder, "blob");
  const handle = await open(file, "w");
  const piece = randomBytes(2 ** 20);
  for (let written = 0; written < SIZE; written += piece.byteLength) await handle.write(piece);
  await handle.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ["a folder", () => [`oci-layout:${join(folder, "layout")}`]],
  ["a registry, as a whole", () => [`${docker.server.host}/whole`]],
  ["a registry, in pieces", () => [`${docker.server.host}/pieces`, String(16 * 2 ** 20)]],
])(
  "200 MB go to %s and come back without ever being in memory",
  async (_where, destination) => {
    const [address = "", ...chunkBytes] = destination();
    const program = join(import.meta.dirname, "fixtures/large-blob.ts");
    const command = [process.execPath, program, address, file, ...chunkBytes];
    const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    const told = JSON.parse(await new Response(child.stdout).text()) as { moreMebibytes: number };
    expect(told).toMatchObject({ by: "upload", size: SIZE, read: SIZE });
    expect(told.moreMebibytes).toBeLessThan(MEBIBYTES);
  },
  60_000,
);
