import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { descendantsOf } from "../../../../builder/deployer/local/instance/process-tree.ts";
import { bubblewrap } from "../../../support/bubblewrap.ts";
import { deploymentOf, start, told, useInstances } from "./using-instances.ts";

const used = useInstances();

const SPEC = { instance: "it", natsUrl: "nats://127.0.0.1:1", share: 1 };
const IN_SILENCE = { line: () => undefined };

/** Goes on until it is told to end. */
const OBEDIENT = `
process.once("SIGTERM", () => { console.log("ending"); process.exit(0); });
setInterval(() => undefined, 1000);
console.log("up");
`;
const STUBBORN = `
process.on("SIGTERM", () => console.log("no"));
setInterval(() => undefined, 1000);
console.log("up");
`;
/** With children that have children, and one that left its group and hears nobody. */
const WITH_CHILDREN = `
const { spawn } = require("node:child_process");
const sleep = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
const parent = "require('node:child_process').spawn(process.execPath, ['-e', " + JSON.stringify(sleep) + "], { stdio: 'inherit' });" + sleep;
spawn(process.execPath, ["-e", parent], { stdio: "inherit" });
spawn(process.execPath, ["-e", parent], { stdio: "inherit", detached: true });
setInterval(() => undefined, 1000);
const look = setInterval(() => {
  const pids = require("node:fs").readdirSync("/proc").filter((name) => /^\\d+$/.test(name));
  const own = pids.filter((pid) => {
    try { return require("node:fs").readFileSync("/proc/" + pid + "/environ", "utf8").includes("FMESH_INSTANCE=" + process.env.FMESH_INSTANCE + "\\0"); } catch { return false; }
  });
  if (own.length < 5) return;
  clearInterval(look);
  console.log("up");
}, 20);
`;

describe.each([
  { where: "on the machine", sandbox: "off" },
  { where: "in a sandbox", sandbox: "required" },
] as const)("a process $where", ({ sandbox }) => {
  const open = (rest = {}) => used.open({ sandbox, bwrap: bubblewrap(), ...rest });

  test("is told to end, and what it does then is its own", async () => {
    const running = await start(await open(), deploymentOf(await used.publish(OBEDIENT)));
    await running.line("up");
    const end = await running.stop(10_000);
    expect(end).toEqual({ reason: "stopped", code: 0, lastLines: ["up", "ending"] });
    expect(isThere(running.pid)).toBe(false);
  });

  test("that does not want to end is ended after its time, or earlier when somebody says so", async () => {
    const running = await start(await open(), deploymentOf(await used.publish(STUBBORN)));
    await running.line("up");
    const first = running.stop(60_000);
    await running.line("no");
    expect(await running.stop(50)).toMatchObject({ reason: "stopped", signal: "SIGKILL", lastLines: ["up", "no"] });
    expect(await first).toEqual(await running.ended);
    expect(isThere(running.pid)).toBe(false);
  });

  test("is ended at once while it is only being started", async () => {
    const running = await start(await open(), deploymentOf(await used.publish(STUBBORN)));
    expect(await running.stop(0)).toMatchObject({ reason: "stopped" });
  });

  test("that ends by itself tells its code and its last words", async () => {
    const script = `for (let i = 0; i < 30; i++) console.log("line " + i); console.error("broken"); process.exit(3);`;
    const { ended } = await start(await open(), deploymentOf(await used.publish(script)));
    const { lastLines, ...end } = await ended;
    expect(end).toEqual({ reason: "exited", code: 3 });
    expect(lastLines).toHaveLength(20);
    expect(lastLines).toContain("broken");
  });

  test("that somebody else ends tells by what", async () => {
    const script = `console.log("up"); setTimeout(() => process.kill(process.pid, "SIGSEGV"), 1);`;
    const { ended } = await start(await open(), deploymentOf(await used.publish(script)));
    expect(await ended).toMatchObject({ reason: "exited", signal: "SIGSEGV", lastLines: ["up"] });
  });

  test.each(["auto", "off"])(
    "leaves nothing running of what it has started, wherever that is (%s)",
    async (controlGroups) => {
      const running = await start(await open({ controlGroups }), deploymentOf(await used.publish(WITH_CHILDREN)));
      await running.line("up");
      const all = [running.pid, ...descendantsOf(running.pid)];
      expect(all.length).toBeGreaterThanOrEqual(5);
      await running.stop(100);
      // One that was killed, and runs no more, takes a moment to be gone.
      await expect.poll(() => all.filter(isThere), { timeout: 10_000 }).toEqual([]);
    },
  );

  test("is killed with all it has started when everything is closed", async () => {
    const instances = await open();
    const running = await start(instances, deploymentOf(await used.publish(WITH_CHILDREN)));
    await running.line("up");
    const all = [running.pid, ...descendantsOf(running.pid)];
    await instances.close();
    await expect.poll(() => all.filter(isThere), { timeout: 10_000 }).toEqual([]);
    expect(await running.ended).toMatchObject({ reason: "stopped" });
    await expect(start(instances, deploymentOf(await used.publish(OBEDIENT)))).rejects.toMatchObject({
      code: "start_failed",
    });
  });

  test.each([
    { by: "the kernel", controlGroups: "auto" },
    { by: "whoever started it", controlGroups: "off" },
    { by: "whoever started it, where the group that was named is none", controlGroups: "/nowhere" },
  ] as const)("that takes more memory than it may is ended by $by", async ({ controlGroups }) => {
    const script = `const kept = []; setInterval(() => kept.push(new Uint8Array(8 << 20).fill(1)), 10); console.log("up");`;
    const deployment = deploymentOf(await used.publish(script), { resources: { memory: "128Mi", cpu: "2" } });
    const { ended } = await start(await open({ controlGroups }), deployment);
    expect(await ended).toMatchObject({ reason: "out_of_memory", signal: "SIGKILL", lastLines: ["up"] });
  });

  test.each([
    { by: "the kernel", controlGroups: "auto" },
    { by: "whoever started it", controlGroups: "off" },
  ] as const)("that would take all of a processor is given its part by $by", async ({ controlGroups }) => {
    const script = `
      const beganAt = performance.now();
      while (performance.now() - beganAt < 2000);
      const { user, system } = process.cpuUsage();
      console.log("used " + JSON.stringify((user + system) / 1000 / (performance.now() - beganAt)));
    `;
    const deployment = deploymentOf(await used.publish(script), { resources: { memory: "256Mi", cpu: "250m" } });
    const running = await start(await open({ controlGroups }), deployment);
    expect(await told<number>(running, "used")).toBeLessThan(0.6);
  });

  test("that has been slowed down ends when it is asked to", async () => {
    const script = `
      process.once("SIGTERM", () => process.exit(7));
      const burn = () => { const from = performance.now(); while (performance.now() - from < 50); setImmediate(burn); };
      burn();
      console.log("up");
    `;
    const deployment = deploymentOf(await used.publish(script), { resources: { memory: "256Mi", cpu: "50m" } });
    const running = await start(await open({ controlGroups: "off" }), deployment);
    await running.line("up");
    expect(await running.stop(30_000)).toMatchObject({ reason: "stopped", code: 7 });
  });

  test.each([
    { by: "the kernel", controlGroups: "auto" },
    { by: "whoever started it", controlGroups: "off" },
  ] as const)("that starts processes without end is kept in bounds by $by", async ({ controlGroups }) => {
    // Each is a program of its own that does nothing; the kernel refuses one at last, or all are ended.
    const script = `
      const { spawn } = require("node:child_process");
      const more = () => {
        try { spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" }).on("error", () => console.log("refused")); }
        catch { console.log("refused"); }
        setTimeout(more, 5);
      };
      more();
    `;
    const deployment = deploymentOf(await used.publish(script), { resources: { memory: "2Gi", cpu: "2" } });
    const running = await start(await open({ controlGroups, maxProcesses: 40 }), deployment);
    await Promise.race([running.line("refused"), running.ended]);
    expect(descendantsOf(running.pid).length).toBeLessThan(80);
    await running.stop(0);
  });

  test("finds nothing in its environment but what was granted", async () => {
    process.env["FMESH_TEST_OF_ENVIRONMENTS"] = "is not granted";
    const script = `console.log("env " + JSON.stringify(process.env));`;
    const deployment = deploymentOf(await used.publish(script), { env: { GREETING: "hi\nthere", FMESH_SHARE: "9" } });
    const env = await told<Record<string, string>>(
      await start(await open(), deployment, { instance: "it", share: 2 }),
      "env",
    );
    const { PATH, SSL_CERT_FILE, PWD: _, ...others } = env;
    expect(PATH).toBe("/usr/local/bin:/usr/bin:/bin");
    expect(SSL_CERT_FILE).toMatch(/\/etc\/ssl\/certs\/ca-certificates\.crt$/);
    expect(others).toEqual({
      BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
      DO_NOT_TRACK: "1",
      FMESH_CONCURRENCY: "20",
      FMESH_HTTP: "0",
      FMESH_INSTANCE: "it",
      FMESH_PROJECT: "shop",
      FMESH_SERVICE: "script",
      FMESH_SHARE: "2",
      FMESH_SUPERVISED: "1",
      FMESH_TIMEOUT_MS: "10000",
      FMESH_VERSION: "1",
      GREETING: "hi\nthere",
      HOME: "/tmp",
      NATS_URL: "nats://127.0.0.1:1",
      PORT: "0",
      TMPDIR: "/tmp",
    });
  });

  test("shows what it was granted to nobody who lists processes", async () => {
    const deployment = deploymentOf(await used.publish(OBEDIENT), { env: { TOKEN: "hidden-by-the-machine" } });
    const running = await start(await open(), deployment, { natsUrl: "nats://the-password@127.0.0.1:1" });
    await running.line("up");
    const commands = [running.pid, ...descendantsOf(running.pid)].map((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8"),
    );
    expect(commands.join("\n")).toContain("/app/entry.js");
    expect(commands.join("\n")).not.toMatch(/the-password|hidden-by/);
    await running.stop(10_000);
  });

  test("gets its secrets as files that go with it", async () => {
    const script = `
      const { readFileSync, readdirSync, statSync, writeFileSync } = require("node:fs");
      const folder = process.env.FMESH_SECRETS;
      let written;
      try { writeFileSync(folder + "/MORE", ""); } catch ({ code }) { written = code; }
      const secrets = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(folder + "/" + name, "utf8")]));
      const mode = (name) => (statSync(folder + name).mode & 0o777).toString(8);
      console.log("found " + JSON.stringify({ folder, secrets, modes: [mode(""), mode("/API_KEY")] }));
      ${OBEDIENT}
    `;
    await used.secret("stripe/api-key", "sk_test_1\n");
    await used.secret("db/password", "letmein");
    const secrets = { API_KEY: "stripe/api-key", PASSWORD: "db/password" };
    const running = await start(await open(), deploymentOf(await used.publish(script), { secrets }));
    const found = await told<{ folder: string }>(running, "found");
    expect(found).toMatchObject({ secrets: { API_KEY: "sk_test_1\n", PASSWORD: "letmein" }, modes: ["500", "400"] });
    await running.stop(10_000);
    expect(existsSync(found.folder)).toBe(false);
  });

  test.each([
    [
      "that are not there",
      { API_KEY: "stripe/none" },
      "secret_missing",
      'secret "stripe/none" of "API_KEY" is not there',
    ],
    ["above their folder", { API_KEY: "stripe/.." }, "invalid", "names no file"],
    ["for what is no variable", { "../../escape": "stripe/api-key" }, "invalid", "cannot be the name of a variable"],
  ])("is not started with secrets %s", async (_, secrets, code, message) => {
    await used.secret("stripe/api-key", "sk_test_1\n");
    const deployment = deploymentOf(await used.publish(OBEDIENT), { secrets });
    await expect(start(await open(), deployment)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test("keeps its image until it has ended, when nobody else wants it", async () => {
    const instances = await open();
    const image = await used.publish(`${OBEDIENT} // ${sandbox}`);
    const running = await start(instances, deploymentOf(image));
    await running.line("up");
    const place = join(used.folder, "deployer/images", image.digest.slice(7));
    await instances.keepOnly([]);
    expect(existsSync(place)).toBe(true);
    await running.stop(10_000);
    expect(existsSync(place)).toBe(false);
    await expect(instances.start({ ...SPEC, deployment: deploymentOf(image) }, IN_SILENCE)).rejects.toMatchObject({
      code: "image_unavailable",
    });
  });

  test("is not started with what cannot be a variable", async () => {
    const deployment = deploymentOf(await used.publish(OBEDIENT), { env: { "A\0--bind\0/\0/host": "x" } });
    await expect(start(await open(), deployment)).rejects.toMatchObject({ code: "invalid" });
  });
});

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}
