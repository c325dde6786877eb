import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { startFmesh } from "../support/fmesh.ts";

test("fmesh demo creates, builds, deploys and calls a function, and leaves nothing behind", async () => {
  const before = await demoFolders();
  const demo = startFmesh(["demo"]);
  expect([await demo.exited, demo.output()]).toEqual([0, expect.stringContaining("the life of a function")]);
  const steps = [...demo.output().matchAll(/^([a-z]+(?: again)?) +[\d.]+ m?s /gm)].map(([, name]) => name);
  expect(steps).toEqual(["start", "create", "build", "deploy", "invoke", "invoke again", "event"]);
  const answer = '{"data":{"message":"Hello, World!"}} → {"message":"Hello, World!","length":13}';
  expect(demo.output().split(answer)).toHaveLength(3);
  expect(demo.output()).toMatch(/FUNCTION_INVOCATION SUCCESS after [\d.]+ ms: \{"message":"Hello, World!"/);
  expect(await demoFolders()).toEqual(before);
});

async function demoFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("fmesh-demo-")).sort();
}
