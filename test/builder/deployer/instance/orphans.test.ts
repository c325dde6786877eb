import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kill } from "node:process";
import { expect, test } from "vitest";
import { bubblewrap } from "../../../support/bubblewrap.ts";
import { deploymentOf, useInstances } from "./using-instances.ts";

const used = useInstances();

/** Ends when its input does, as the entry of functions. */
const SUPERVISED = `process.stdin.resume().once("end", () => process.exit(0)); console.log("up"); setInterval(() => {}, 1000);`;
/** Hears nobody. */
const STUBBORN = `process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000);`;

const IN_TIME = { timeout: 20_000 };

interface Orphans {
  readonly pids: readonly number[];
  readonly owner: number;
}

/** Has a deployer start a script, and kills that deployer once the script is up. */
async function orphans(script: string, rest: object): Promise<Orphans> {
  await used.secret("stripe/api-key", "sk_test_1");
  const deployment = deploymentOf(await used.publish(script), { secrets: { API_KEY: "stripe/api-key" } });
  const told = { folder: used.folder, deployment, bwrap: bubblewrap(), controlGroups: "auto", ...rest };
  const program = join(import.meta.dirname, "fixtures/deployer.ts");
  const command = [process.execPath, program, JSON.stringify(told)];
  const deployer = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const reader = deployer.stdout.getReader();
  const { value } = await reader.read();
  const { pids } = JSON.parse(new TextDecoder().decode(value)) as { pids: readonly number[] };
  expect(pids.filter(isThere)).toEqual(pids);
  kill(deployer.pid, "SIGKILL");
  await deployer.exited;
  return { pids, owner: deployer.pid };
}

test("an instance in a sandbox ends with the deployer that was killed", async () => {
  const { pids } = await orphans(STUBBORN, { sandbox: "required" });
  await expect.poll(() => pids.filter(isThere), IN_TIME).toEqual([]);
});

test("a function on the machine ends with the deployer that was killed", async () => {
  const { pids } = await orphans(SUPERVISED, { sandbox: "off" });
  await expect.poll(() => pids.filter(isThere), IN_TIME).toEqual([]);
});

test.each(["auto", "off"] as const)(
  "what heard nothing of it is ended by the next deployer, and what it left is removed (control groups: %s)",
  async (controlGroups) => {
    const { pids, owner } = await orphans(STUBBORN, { sandbox: "off", controlGroups });
    expect(pids.filter(isThere)).toEqual(pids);
    expect(leftBy(owner)).not.toEqual([]);
    await used.open({ controlGroups });
    await expect.poll(() => pids.filter(isThere), IN_TIME).toEqual([]);
    expect(leftBy(owner)).toEqual([]);
  },
);

/** Folders of secrets in memory. */
function leftBy(owner: number): readonly string[] {
  return readdirSync("/dev/shm").filter((name) => name.includes(`-${owner}-`));
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}
