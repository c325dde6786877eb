import { afterEach, beforeEach, expect, test } from "vitest";
import { ANSWERS, DevFolder, answer, config, isAlive } from "./dev-folder.ts";

let project: DevFolder;

beforeEach(async () => {
  project = await DevFolder.create();
});

afterEach(() => project.remove());

const IN_CIRCLES = "while (true);\nexport const answer = 1;\n";
const FOR_EVER = "await new Promise(() => setInterval(() => undefined, 1_000));\nexport const answer = 1;\n";

test("no call is lost over fifty reloads under load", { timeout: 180_000 }, async () => {
  await project.start();
  const answers = new Map<string, number>();
  const done = new AbortController();
  const caller = async (): Promise<void> => {
    while (!done.signal.aborted) {
      const text = await project.call();
      answers.set(text, (answers.get(text) ?? 0) + 1);
    }
  };
  const callers = Promise.all([caller(), caller(), caller(), caller()]);
  const expected = new Set(['"first"']);
  for (let count = 1; count <= 50; count++) {
    await (count % 2 === 0
      ? project.replace("answer.ts", answer(`${count}`))
      : project.write("answer.ts", answer(`${count}`)));
    expected.add(JSON.stringify(`${count}`));
    await project.untilReloads(count);
  }
  done.abort();
  await callers;
  expect([...answers.keys()].filter((text) => !expected.has(text))).toEqual([]);
  expect(answers.size).toBeGreaterThan(25);
  expect(await project.call()).toBe('"50"');
});

test("of saves in quick succession the last one wins, without a pile of processes", async () => {
  await project.start();
  let most = 0;
  for (let count = 1; count <= 40; count++) {
    await project.write("answer.ts", answer(`${count}`));
    await Bun.sleep(count % 4 === 0 ? 70 : 5);
    most = Math.max(most, (await project.workers()).length);
  }
  await expect.poll(() => project.call(), { timeout: 15_000 }).toBe('"40"');
  await expect.poll(async () => (await project.workers()).length, { timeout: 15_000 }).toBe(1);
  expect(most).toBeLessThanOrEqual(9);
});

test.each([
  ["runs in circles", IN_CIRCLES],
  ["waits for ever", FOR_EVER],
])("new code that %s while it starts keeps nobody from calling, nor from mending it", async (_what, code) => {
  await project.start();
  await project.write("answer.ts", code);
  await expect.poll(async () => (await project.workers()).length).toBe(2);
  expect(await project.call()).toBe('"first"');
  await project.write("answer.ts", answer("mended"));
  await project.untilReloads(1);
  expect(await project.call()).toBe('"mended"');
  await expect.poll(async () => (await project.workers()).length, { timeout: 15_000 }).toBe(1);
});

test("Ctrl-C while it reloads ends everything", async () => {
  await project.start();
  await project.write("answer.ts", FOR_EVER);
  await expect.poll(async () => (await project.workers()).length).toBe(2);
  const workers = await project.workers();
  expect(await project.dev.stop("SIGINT")).toBe(0);
  expect(project.dev.output()).toMatch(/› stopped\n$/);
  expect(workers.filter(isAlive)).toEqual([]);
});

test.each(["dev", "up"])("Ctrl-C that reaches the workers of %s as well starts none of them again", async (command) => {
  await project.write("others.ts", ANSWERS.replaceAll("answers", "others"));
  await project.write("fmesh.yaml", config(["answers.ts", "others.ts"]));
  const mesh = await project.start(command);
  const slow = project.call("getSlowly");
  await expect.poll(() => project.call("getInFlight")).toBe("1");
  for (const worker of await project.workers()) process.kill(worker, "SIGINT");
  expect(await mesh.stop("SIGINT")).toBe(0);
  expect(await slow).toBe('"first"');
  expect(mesh.output()).not.toContain("starting it again");
});

test("even killed, it leaves no worker behind, not even one that runs in circles", async () => {
  await project.start();
  await project.write("answer.ts", IN_CIRCLES);
  await expect.poll(async () => (await project.workers()).length).toBe(2);
  const workers = await project.workers();
  await project.dev.stop("SIGKILL");
  await expect.poll(() => workers.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});
