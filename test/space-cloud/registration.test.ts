import { afterEach, describe, expect, test } from "vitest";
import type { RunningCommand } from "../support/fmesh.ts";
import { callAll, startPeer, startWorker } from "./peers.ts";
import { type SpaceCloud, functionsModule, startSpaceCloud } from "./space-cloud.ts";

const REFUSED = /Could not connect to service/;
const MODULES = functionsModule({ arithmetic: { default: { rule: "allow" } } });

let cloud: SpaceCloud;
const running: RunningCommand[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop("SIGKILL")));
  await cloud[Symbol.asyncDispose]();
});

function keep(worker: RunningCommand): RunningCommand {
  running.push(worker);
  return worker;
}

/** Whether the process is still there: signal 0 asks without harming. */
function isAlive({ pid }: RunningCommand): boolean {
  return process.kill(pid, 0);
}

describe.each(["0.10.3", "0.12.1"] as const)("a worker with space-api %s", (version) => {
  test("is refused without a good token, stays up, and takes no call", async () => {
    cloud = await startSpaceCloud(MODULES);
    const tokens = [undefined, "no.token.this", (await cloud.token()).slice(0, -3)];
    const refused = tokens.map((token) =>
      keep(startPeer(cloud, "arithmetic", { version, ...(token !== undefined && { token }) })),
    );
    for (const worker of refused) await worker.until(REFUSED);
    const [unserved] = await callAll(cloud, { version }, ["arithmetic", "process"]);
    expect(unserved?.status).toBe(500);

    const accepted = keep(await startWorker(cloud, { version, token: await cloud.token({ id: "worker" }) }));
    const calls = Array.from({ length: 20 }, () => ["arithmetic", "process"] as const);
    const answers = await callAll(cloud, { version }, ...calls);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data)))).toEqual(
      new Set([JSON.stringify({ result: accepted.pid })]),
    );
    expect(refused.map(isAlive)).toEqual([true, true, true]);
  });

  test("is let in by a rule that its token and service meet", async () => {
    const rule = {
      rule: "and",
      clauses: [
        { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "worker" },
        { rule: "match", type: "string", eval: "==", f1: "args.params.service", f2: "arithmetic" },
      ],
    };
    cloud = await startSpaceCloud(MODULES, { project: { registration: rule } });
    const user = keep(startPeer(cloud, "arithmetic", { version, token: await cloud.token({ role: "user" }) }));
    await user.until(REFUSED);
    const worker = keep(await startWorker(cloud, { version, token: await cloud.token({ role: "worker" }) }));
    const [answer] = await callAll(cloud, { version }, ["arithmetic", "process"]);
    expect(answer?.data).toEqual({ result: worker.pid });
  });

  test("of another project is refused", async () => {
    cloud = await startSpaceCloud(MODULES, { project: { registration: "open" } });
    const stray = keep(startPeer(cloud, "arithmetic", { version, project: "their-adder" }));
    // The older client does not say which project it is of by its path.
    await stray.until(REFUSED);
    expect(isAlive(stray)).toBe(true);
  });
});
