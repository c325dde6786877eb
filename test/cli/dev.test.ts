import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runFmesh } from "../support/fmesh.ts";
import { ANSWERS, DevFolder, answer, config } from "./dev-folder.ts";

let project: DevFolder;

beforeEach(async () => {
  project = await DevFolder.create();
});

afterEach(() => project.remove());

test("a saved change of an imported file is live, told of in one line with its time", async () => {
  await project.start();
  expect(await project.call()).toBe('"first"');
  await project.write("answer.ts", answer("second"));
  const output = await project.dev.until(/reloaded.*\n/);
  expect(output).toMatch(/^› answers\.ts reloaded in \d+ ms \(answer\.ts\)$/m);
  expect(output).not.toContain("draining");
  expect(await project.call()).toBe('"second"');
  await expect.poll(async () => (await project.workers()).length).toBe(1);
});

test("a call in flight is finished by the code it was begun with", async () => {
  await project.start();
  const slow = project.call("getSlowly");
  await project.replace("answer.ts", answer("second"));
  await project.untilReloads(1);
  expect(await project.call()).toBe('"second"');
  expect(await slow).toBe('"first"');
});

test("only what a worker imports reloads it, and only when its content changes", async () => {
  await project.write("others.ts", ANSWERS.replaceAll("answers", "others").replace("./answer.ts", "./other.ts"));
  await project.write("other.ts", answer("other"));
  await project.write("fmesh.yaml", config(["answers.ts", "others.ts"]));
  await project.start();
  await project.write("README.md", "of no importance");
  await project.write("answers.test.ts", "neither is this");
  await project.write("answer.ts", answer("first"));
  await project.write("other.ts", answer("another"));
  await project.untilReloads(1);
  expect(await project.call("get", "others")).toBe('"another"');
  expect(project.dev.output()).not.toContain("answers.ts reloaded");
});

test("a change is noticed in a folder in which something is written all the time", async () => {
  await project.start();
  const writing = setInterval(() => void project.write("busy.log", String(performance.now())), 5);
  try {
    await project.write("answer.ts", answer("second"));
    await project.untilReloads(1);
  } finally {
    clearInterval(writing);
  }
  expect(await project.call()).toBe('"second"');
});

test("a file that is imported from now on is followed, also one in a folder that comes later", async () => {
  await project.start();
  await project.write("answers.ts", ANSWERS.replace("./answer.ts", "./deep/down/answer.ts"));
  await project.dev.until(/Cannot find module[^]*does not start/);
  expect(await project.call()).toBe('"first"');
  await Bun.write(join(project.folder, "deep/down/answer.ts"), answer("from below"));
  await project.untilReloads(1);
  expect(await project.call()).toBe('"from below"');

  await rm(join(project.folder, "deep"), { recursive: true });
  await project.dev.until(/(does not start[^]*){2}/);
  await Bun.write(join(project.folder, "deep/down/answer.ts"), answer("again"));
  await project.untilReloads(2);
  await project.replace("deep/down/answer.ts", answer("and again"));
  await project.untilReloads(3);
  expect(await project.call()).toBe('"and again"');
});

test("a syntax error is shown with its line and a caret, and the code from before goes on until it is mended", async () => {
  await project.start();
  await project.write("answer.ts", "export const answer = (1;\n");
  const output = await project.dev.until(/does not start.*\n/);
  const frame = /^(answers\.ts │ \d+ \| )export const answer = \(1;\n(answers\.ts │ +)\^$/m.exec(output);
  expect(frame?.[2]).toHaveLength((frame?.[1] ?? "").length + "export const answer = (1".length);
  expect(output).toMatch(/^answers\.ts │ +at .*\/answer\.ts:1:25$/m);
  expect(output).toMatch(/^✗ answers\.ts does not start \(exit code 1\): the code from before goes on/m);
  expect(await project.call()).toBe('"first"');

  await project.write("answer.ts", answer("mended"));
  await project.untilReloads(1);
  expect(await project.call()).toBe('"mended"');
});

test("code that throws, or ends, before it serves anything changes nothing", async () => {
  await project.start();
  await project.write("answer.ts", 'throw new Error("not today");\nexport const answer = 1;\n');
  await project.dev.until(/throw new Error\("not today"\)[^]*\^[^]*error: not today[^]*does not start/);
  await project.write("answers.ts", "// nothing\n");
  await project.dev.until(/ends without starting a service/);
  expect(await project.call()).toBe('"first"');
  await expect.poll(async () => (await project.workers()).length).toBe(1);
});

test("it starts with broken code, and goes on when that is mended", async () => {
  await project.write("answer.ts", "export const answer = (1;\n");
  await project.start();
  expect(project.dev.output()).toMatch(/does not start \(exit code 1\): mend and save it/);
  expect(await project.call()).toMatch(/^503 .*worker_unavailable/);
  await project.write("answer.ts", answer("mended"));
  await project.untilReloads(1);
  expect(await project.call()).toBe('"mended"');
});

test("what a handler throws is shown with the source lines it comes from", async () => {
  await project.write("answers.ts", ANSWERS.replace("() => answer,", "() => ({} as any).much.too.deep,"));
  await project.start();
  expect(await project.call()).toMatch(/^500 /);
  const output = await project.dev.until(/TypeError.*\n.*\n/);
  expect(output).toMatch(/^answers\.ts │ ✗ the call failed {2}service=answers/m);
  expect(output).toMatch(/^answers\.ts │ 7 \| {3}get: \(\) => \(\{\} as any\)\.much\.too\.deep,\nanswers\.ts │ +\^$/m);
  expect(output).toMatch(/^answers\.ts │ +at get \(.*\/answers\.ts:7:\d+\)$/m);
  expect(output).not.toMatch(/^answers\.ts │ +at .*worker-service/m);
});

test("a script that is deleted goes on until it is saved again", async () => {
  await project.start();
  await rm(join(project.folder, "answers.ts"));
  await project.dev.until(/answers\.ts is not there any more/);
  expect(await project.call()).toBe('"first"');
  await project.write("answer.ts", answer("second"));
  await project.write("answers.ts", ANSWERS);
  await project.untilReloads(1);
  expect(await project.call()).toBe('"second"');
});

test("a worker that ends by itself is started again", async () => {
  await project.start();
  const [worker = 0] = await project.workers();
  process.kill(worker, "SIGKILL");
  await project.dev.until(/ended with code 137; starting it again[^]*answers\.ts is up/);
  expect(await project.call()).toBe('"first"');
});

test("workers that the configuration begins or ceases to list are started and stopped", async () => {
  await project.write("others.ts", ANSWERS.replaceAll("answers", "others"));
  await project.start();
  await project.write("fmesh.yaml", config(["answers.ts", "others.ts"]));
  await project.dev.until(/workers: 1 started, 0 stopped/);
  expect(await project.call("get", "others")).toBe('"first"');
  await project.write("fmesh.yaml", config(["others.ts", "missing.ts"]));
  await project.dev.until(/workers: 0 started, 1 stopped/);
  expect(project.dev.output()).toMatch(/✗ worker "missing\.ts" is not there/);
  expect(await project.call()).toMatch(/^503 /);
  expect(await project.call("get", "others")).toBe('"first"');
});

test("a missing script or configuration is one clear line", async () => {
  await rm(join(project.folder, "answers.ts"));
  const script = await runFmesh(["dev", project.folder]);
  expect([script.code, script.output.split("\n").at(-2)]).toEqual([
    1,
    expect.stringMatching(/^fmesh: worker "answers\.ts" is not there/),
  ]);
  const folder = await runFmesh(["dev", join(project.folder, "nowhere")]);
  expect([folder.code, folder.output]).toEqual([1, expect.stringMatching(/^fmesh: there is no configuration at/)]);
});
