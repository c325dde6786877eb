import { chmod, lstat, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { silentLog } from "../../mesh/log.ts";
import type { NatsServerOptions } from "../../nats-server/options.ts";
import { startNatsServer } from "../../nats-server/server.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "unix-socket-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const UNIX_ONLY = { tcpPort: false, wsPort: false, lameDuckMs: 0 } as const;
const start = (unixPath: string, options: NatsServerOptions = {}): ReturnType<typeof startNatsServer> =>
  startNatsServer({ ...UNIX_ONLY, unixPath, ...options });

describe("the embedded server at a Unix socket", () => {
  test("lets in its owner alone, or whom it is told to", async () => {
    for (const [unixMode, expected] of [
      [undefined, 0o600],
      [0o660, 0o660],
    ] as const) {
      const path = join(folder, `mode-${expected}.sock`);
      const server = await start(path, unixMode === undefined ? {} : { unixMode });
      expect((await lstat(path)).mode & 0o777).toBe(expected);
      await server.close();
    }
  });

  test("asks for the same credentials there as elsewhere", async () => {
    const server = await start(join(folder, "auth.sock"), { auth: { token: "s3cret" } });
    const url = server.unixUrl ?? "";
    const broker = natsBroker({ url: url.replace("//", "//s3cret@"), name: "test", log: silentLog });
    await broker.connect();
    await broker.flush();
    const refused = natsBroker({ url, name: "test", log: silentLog });
    const connecting = refused.connect().catch((error: unknown) => error);
    await expect(broker.request("nobody", EMPTY_MESSAGE, { timeoutMs: 5_000 })).rejects.toThrow("nobody serves");
    expect(server.stats().connections).toBeLessThanOrEqual(2);
    expect(refused.status).toBe("disconnected");
    await Promise.all([refused.close(), connecting, broker.close()]);
    await server.close();
  });

  test("removes its socket when it closes, and what a killed one has left", async () => {
    const path = join(folder, "stale.sock");
    const left = Bun.spawn([
      process.execPath,
      "-e",
      `Bun.listen({ unix: process.argv[1], socket: { data() {} } })`,
      path,
    ]);
    while (!(await lstat(path).catch(() => undefined))) await Bun.sleep(5);
    left.kill("SIGKILL");
    await left.exited;
    const server = await start(path);
    expect(server.unixUrl).toBe(`nats+unix://localhost${path}`);
    await server.close();
    await expect(lstat(path)).rejects.toThrow("ENOENT");
  });

  test("says what is wrong with a path, and leaves what is there alone", async () => {
    const [taken, file] = [join(folder, "taken.sock"), join(folder, "file")];
    const other = createServer().listen(taken);
    await new Promise((resolve) => other.once("listening", resolve));
    await expect(start(taken)).rejects.toThrow(`another server listens at "${taken}"`);
    await writeFile(file, "mine");
    await expect(start(file)).rejects.toThrow("is no socket");
    await expect(start(join(folder, "x".repeat(108)))).rejects.toThrow("107 bytes");
    await expect(start(join(folder, "no/such/folder.sock"))).rejects.toThrow("check that its folder exists");
    await expect(start("")).rejects.toThrow("unixPath is empty");
    expect((await lstat(taken)).isSocket()).toBe(true);
    await chmod(file, 0o600);
    await new Promise((resolve) => other.close(resolve));
  });
});
