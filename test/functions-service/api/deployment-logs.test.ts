import { expect, test, vi } from "vitest";
import { FUNCTIONS } from "./use-api.ts";
import { type Deploying, useDeploying } from "./use-deploying.ts";

const line = (second: number) => ({
  ...{ version: 1, instance: "hello-1", at: `2026-01-31T12:00:0${second}.000Z`, text: `line ${second}` },
});

async function withLines(): Promise<Deploying & { readonly path: string }> {
  const deploying = await useDeploying({ runs: true });
  await deploying.deploy();
  deploying.deployer.lines = [line(1), line(2), line(3)];
  return { ...deploying, path: `${FUNCTIONS}/${deploying.id}/logs` };
}

test("lines are JSON, text or events, as the caller likes", async () => {
  const { api, path } = await withLines();
  const as = (accept: string, query = "") => api.send("GET", path + query, undefined, { Accept: accept });
  expect(await (await as("*/*", "?lines=2")).json()).toEqual([line(2), line(3)]);
  const text = await as("text/plain");
  expect(text.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  expect(await text.text()).toContain("2026-01-31T12:00:01.000Z v1 hello-1 line 1\n");
  const events = await as("text/event-stream", "?follow=false&lines=1");
  expect(await events.text()).toBe(`: still there\n\ndata: ${JSON.stringify(line(3))}\n\n`);
});

test("a stream goes on until its reader leaves", async () => {
  const { api, deployer, path } = await withLines();
  const { body } = await api.send("GET", path, undefined, { Accept: "text/event-stream" });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let told = "";
  while (!told.includes("line 3")) told += (await reader?.read())?.value ?? "";
  await reader?.cancel();
  await vi.waitFor(() => expect(deployer.readers).toBe(0));
});

test("a stream ends when the service stops", async () => {
  const { api, path } = await withLines();
  const { body } = await api.send("GET", `${path}?follow=true&lines=1`, undefined, { Accept: "text/plain" });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain("line 3\n");
  api.endStreams();
  expect(await reader?.read()).toMatchObject({ done: true });
});

test("those who follow share the room that streams have, until they leave", async () => {
  const { api, path } = await withLines();
  const follow = () => api.send("GET", path, undefined, { Accept: "text/event-stream" });
  const first = (await follow()).body?.getReader();
  await first?.read();
  for (let count = 1; count < 128; count++) await (await follow()).body?.getReader().read();
  expect([(await follow()).status, (await api.send("GET", path)).status]).toEqual([503, 200]);
  await first?.cancel();
  expect((await follow()).status).toBe(200);
});

test.each(["follow=true", "lines=10001", "lines=-1", "version=newest", "tail=1"])("?%s is refused", async (query) => {
  const { api, path } = await withLines();
  expect((await api.send("GET", `${path}?${query}`)).status).toBe(400);
});

test("what is not deployed has no lines", async () => {
  const { api, id } = await useDeploying();
  expect((await api.send("GET", `${FUNCTIONS}/${id}/logs`)).status).toBe(404);
  const { api: other, path } = await withLines();
  const followed = await other.send("GET", `${path}?version=2`, undefined, { Accept: "text/event-stream" });
  expect([followed.status, await followed.text()]).toEqual([404, expect.stringContaining("version 2 of function")]);
});
