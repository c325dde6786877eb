import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { descendantsOf } from "../../../../builder/deployer/local/instance/process-tree.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { bubblewrap } from "../../../support/bubblewrap.ts";
import { deploymentOf, start, told, useInstances } from "./using-instances.ts";

const used = useInstances();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-sandbox-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a function can see and do, told once; then it goes on. */
const LOOK_AROUND = `
const KEYCTL = ${process.arch === "arm64" ? 219 : 250};
const fs = require("node:fs");
const attempt = (work) => { try { return work() ?? "done"; } catch ({ code }) { return code; } };
const status = fs.readFileSync("/proc/self/status", "utf8");
const field = (name) => new RegExp("^" + name + ":\\\\s*(.*)$", "m").exec(status)?.[1];
console.log("sees " + JSON.stringify({
  root: fs.readdirSync("/").sort(),
  devices: fs.readdirSync("/dev").sort(),
  processes: fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length,
  interfaces: fs.readFileSync("/proc/net/dev", "utf8").split("\\n").slice(2).map((line) => line.split(":")[0].trim()).filter(Boolean),
  hostname: require("node:os").hostname(),
  folder: process.cwd(),
  user: [process.getuid(), process.getgid(), process.getgroups()],
  resolver: fs.readFileSync("/etc/resolv.conf", "utf8"),
}));
console.log("rights " + JSON.stringify({
  capabilities: ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(field),
  noNewPrivileges: field("NoNewPrivs"),
  filter: field("Seccomp"),
  keys: require("bun:ffi").dlopen("libc.so.6", { syscall: { args: ["i64", "i64", "i64", "i64"], returns: "i64" } }).symbols.syscall(KEYCTL, 0, -3, 0).toString(),
  kernel: attempt(() => fs.writeFileSync("/proc/sys/vm/swappiness", fs.readFileSync("/proc/sys/vm/swappiness"))),
  ownFiles: ["/app/x", "/x", "/usr/local/bin/bun", "/dev/x", "/etc/resolv.conf"].map((path) => attempt(() => fs.writeFileSync(path, "x"))),
  temporary: ["/tmp/x", "/dev/shm/x"].map((path) => attempt(() => fs.writeFileSync(path, "x"))),
  tooMuch: attempt(() => { for (let i = 0; i < 300; i++) fs.writeFileSync("/tmp/" + i, new Uint8Array(1 << 20)); }),
}));
process.once("SIGTERM", () => process.exit(0));
setInterval(() => undefined, 1000);
`;

async function lookAround(rest: Partial<Deployment> = {}, where = join(used.folder, "deployer")) {
  const instances = await used.open({ sandbox: "required", bwrap: bubblewrap(), folder: where });
  const socket = join(folder, "nats.sock");
  using listener = Bun.listen({ unix: socket, socket: { data: () => undefined } });
  const natsUrl = `nats+unix://localhost${socket}`;
  const running = await start(instances, deploymentOf(await used.publish(LOOK_AROUND), rest), {
    natsUrl,
    instance: "look-around",
  });
  const seen = {
    sees: await told<Record<string, unknown>>(running, "sees"),
    rights: await told<Record<string, unknown>>(running, "rights"),
    users: usersOf(running.pid),
    socketOwner: (await stat(socket)).uid,
  };
  await running.stop(10_000);
  void listener;
  return seen;
}

describe("a function in a sandbox", () => {
  test("sees its image, itself and nothing of the machine", async () => {
    const { sees } = await lookAround({ network: "none" });
    expect(sees).toEqual({
      root: ["app", "dev", "etc", "lib", "lib64", "proc", "tmp", "usr"],
      devices: expect.not.arrayContaining(["vda", "kmsg", "fuse", "mem"]),
      // Itself, and the first process, which is bubblewrap's.
      processes: 2,
      interfaces: ["lo"],
      hostname: "look-around",
      folder: "/app",
      user: [65532, 65532, expect.anything()],
      resolver: "",
    });
  });

  test("can change nothing but a bounded place in memory", async () => {
    const { rights } = await lookAround({ network: "none" });
    const none = "0000000000000000";
    const refusal: unknown = expect.stringMatching(/EROFS|EACCES/);
    expect(rights).toEqual({
      capabilities: [none, none, none, none, none],
      noNewPrivileges: "1",
      kernel: refusal,
      ownFiles: [refusal, refusal, refusal, refusal, refusal],
      filter: "2",
      keys: "-1",
      temporary: ["done", "done"],
      tooMuch: "ENOSPC",
    });
  });

  test("has the machine's network when that was granted", async () => {
    const { sees } = await lookAround({ network: "full" });
    expect(sees["interfaces"]).toEqual(interfaces());
    expect(sees["resolver"]).toBe(await readFile("/etc/resolv.conf", "utf8"));
    expect(sees["hostname"]).not.toBe(hostname());
  });

  test("is nobody to the machine as well when root starts it, where nobody gets to its images", async () => {
    const own = process.getuid?.() ?? -1;
    await chmod(folder, 0o755);
    const umask = process.umask(0o077);
    const looking = lookAround({ network: "none" }, join(folder, "deployer"));
    const { rights, users, socketOwner } = await looking.finally(() => process.umask(umask));
    expect([users, socketOwner]).toEqual(own === 0 ? [[65532], 65532] : [[own], own]);
    expect(rights).toMatchObject({ noNewPrivileges: "1", filter: "2" });
  });

  test("reaches the broker through its socket and cannot put another one in its place", async () => {
    const socket = join(folder, "nats.sock");
    const heard = Promise.withResolvers<string>();
    using listener = Bun.listen({
      unix: socket,
      socket: { data: (_, bytes) => heard.resolve(new TextDecoder().decode(bytes)) },
    });
    const script = `
      const { createConnection } = require("node:net");
      const url = new URL(process.env.NATS_URL);
      console.log("url " + JSON.stringify(url.href));
      let problem;
      try { require("node:fs").rmSync(url.pathname); } catch ({ code }) { problem = code; }
      console.log("removing " + JSON.stringify(problem));
      createConnection(url.pathname).write("hello from inside");
      setInterval(() => undefined, 1000);
    `;
    const instances = await used.open({ sandbox: "required", bwrap: bubblewrap() });
    const deployment = deploymentOf(await used.publish(script), { network: "none" });
    const running = await start(instances, deployment, { natsUrl: `nats+unix://secret@localhost${socket}` });
    expect(await told(running, "url")).toBe("nats+unix://secret@localhost/tmp/fmesh/nats.sock");
    expect(await told(running, "removing")).toBe("EBUSY");
    expect(await heard.promise).toBe("hello from inside");
    void listener;
  });

  test("is not started without a network when the broker has no socket, and says what to do", async () => {
    const instances = await used.open({ sandbox: "required", bwrap: bubblewrap() });
    const deployment = deploymentOf(await used.publish(LOOK_AROUND), { network: "none" });
    await expect(start(instances, deployment, { natsUrl: "nats://127.0.0.1:4222" })).rejects.toMatchObject({
      code: "start_failed",
      message:
        '"script" has no network, and the broker no Unix socket; let the deployer have one, or grant the network',
    });
  });

  test("chooses nothing of what happens outside of it", async () => {
    // A library that a program loads because its environment says so.
    const library = join(folder, "evil.so");
    await writeFile(library, "not a library");
    const instances = await used.open({ sandbox: "required", bwrap: bubblewrap() });
    const deployment = deploymentOf(await used.publish(`console.log("up");`), { env: { LD_PRELOAD: library } });
    const running = await start(instances, deployment);
    await running.ended;
    // Each program that is started with it says so; the function's own is the only one, and does not see the file.
    expect(running.lines.filter((line) => line.includes("cannot be preloaded"))).toHaveLength(1);
    expect(running.lines).toContain("up");
  });
});

describe("whether there is a sandbox", () => {
  test("is told when there is one", async () => {
    expect((await used.open({ sandbox: "auto", bwrap: bubblewrap() })).sandbox).toEqual({ isOn: true });
  });

  test.each([
    ["it is switched off", { sandbox: "off", bwrap: "/usr/bin/bwrap" }, "it is switched off"],
    ["bubblewrap is missing", { sandbox: "auto", bwrap: undefined }, "bubblewrap is not installed"],
    ["it does not work", { sandbox: "auto", bwrap: "/bin/false" }, "bubblewrap does not work here"],
    ["it is no program", { sandbox: "auto", bwrap: "/nowhere/bwrap" }, "bubblewrap does not work here"],
  ] as const)("is told when %s", async (_, options, why) => {
    const { sandbox } = await used.open(options);
    expect(sandbox).toEqual({ isOn: false, why: expect.stringContaining(why) });
  });

  test("matters where there has to be one", async () => {
    await expect(used.open({ sandbox: "required", bwrap: "/bin/false" })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("functions have to run in a sandbox, and there is none"),
    });
  });

  test("decides which runtime is needed of the machine", async () => {
    const instances = await used.open({ programs: {} });
    await expect(start(instances, deploymentOf(await used.publish(LOOK_AROUND)))).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining('"script" runs on bun, which this machine does not have'),
    });
  });
});

/** The users that a guard's processes have on the machine. */
function usersOf(pid: number): readonly number[] {
  const uids = [pid, ...descendantsOf(pid)].map((each) => {
    const [, real] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/status`, "utf8")) ?? [];
    return Number(real);
  });
  return [...new Set(uids)];
}

function interfaces(): readonly string[] {
  const lines = readFileSync("/proc/net/dev", "utf8").split("\n").slice(2);
  return lines.map((line) => line.split(":")[0]?.trim() ?? "").filter(Boolean);
}
