import { expect, onTestFinished, test } from "vitest";
import type { Change, Store } from "../../../functions-service/store.ts";
import { newUuid } from "../../../mesh/ids.ts";
import { type EventReader, readEvents } from "./read-events.ts";
import { withJournal } from "./with-journal.ts";
import { EVENTS, type TestApi, type TestApiOptions, useApi } from "./use-api.ts";

const STREAM = { Accept: "text/event-stream" };

/** An API whose streams are told at once of what was appended with it. */
async function useTold(
  options: TestApiOptions = {},
): Promise<TestApi & { readonly listeners: ReadonlySet<() => void> }> {
  const listeners = new Set<() => void>();
  const onProgress = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const wrap = (store: Store): Store =>
    withJournal(store, (journal) => ({
      async append(project, changes) {
        await journal.append(project, changes);
        await journal.project();
        for (const listener of listeners) listener();
      },
    }));
  return { ...(await useApi({ onProgress, wrap, ...options })), listeners };
}

async function listen(api: TestApi, query = "", headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const reader = readEvents(await api.send("GET", EVENTS + query, undefined, { ...STREAM, ...headers }));
  // Some have failed.
  onTestFinished(() => reader.cancel().catch(() => undefined));
  return reader;
}

function post(api: TestApi, source: string, more: object = {}): Promise<{ id: string }> {
  return api.json<{ id: string }>("POST", EVENTS, { type: "OTHER", source, ...more });
}

function begun(source: string): Change {
  const about = { id: newUuid(), type: "OTHER", source, startedAt: Date.now(), isInvocation: false };
  return { change: "begun", ...about, status: "PENDING" };
}

const sources = (messages: readonly { data: { data: { source?: string } } }[]): unknown[] =>
  messages.map(({ data }) => data.data.source);

test("a stream tells of what happens from now on, as it happens, in CloudEvents", async () => {
  const api = await useTold();
  await post(api, "before");
  const response = await api.send("GET", EVENTS, undefined, STREAM);
  expect([response.status, Object.fromEntries(response.headers)]).toMatchObject([
    200,
    { "content-type": "text/event-stream", "cache-control": "no-cache", vary: "Accept" },
  ]);
  const events = readEvents(response);
  const waiting = events.next();
  const { id } = await post(api, "web-shop", { payload: { order: 7 } });
  const began = await waiting;
  expect(began).toMatchObject({ name: undefined, id: "2" });
  expect(began.data).toMatchObject({
    ...{ specversion: "1.0", id: `${id}.pending`, type: "dev.functionsmesh.event.started.v1", subject: id },
    data: { id, source: "web-shop", status: "PENDING", payload: { order: 7 } },
  });
  await api.send("PUT", `${EVENTS}/${id}`, { status: "SUCCESS" });
  expect(await events.next()).toMatchObject({ id: "3", data: { id: `${id}.success`, data: { status: "SUCCESS" } } });
  await events.cancel();
});

test("a client that comes back with the last id it has seen misses nothing and gets nothing twice", async () => {
  const api = await useTold();
  const first = await listen(api);
  for (let count = 0; count < 5; count++) await post(api, `e${count}`);
  const seen = [await first.next(), await first.next()];
  await first.cancel();
  await post(api, "e5");
  const last = seen.at(-1)?.id ?? "";
  for (const again of [await listen(api, "", { "Last-Event-ID": last }), await listen(api, `?after=${last}`)]) {
    const rest = await again.until(({ data }) => data.data.source === "e5");
    expect(sources([...seen, ...rest])).toEqual(["e0", "e1", "e2", "e3", "e4", "e5"]);
  }
});

test("a client that was cut off before anything happened still knows where to go on", async () => {
  const api = await useTold();
  await post(api, "before");
  const first = await listen(api);
  const waiting = first.next().catch((error: unknown) => error);
  await expect.poll(() => first.lastId).toBe("1");
  await first.cancel();
  await waiting;
  await post(api, "meanwhile");
  const again = await listen(api, "?after=0", { "Last-Event-ID": first.lastId });
  expect((await again.next()).data.data.source).toBe("meanwhile");
});

test("a stream is narrowed by source, type, status and trace", async () => {
  const api = await useTold();
  const queries = ["source=a", "type=ORDER_PLACED", "status=PROCESSED", "traceId=4bf92f3577b34da6a3ce929d0e0e4736"];
  const streams = await Promise.all(queries.map((query) => listen(api, `?${query}`)));
  await post(api, "a");
  await post(api, "b", { type: "ORDER_PLACED" });
  await post(api, "c", { status: "SUCCESS" });
  await api.store.journal.append("shop", [{ ...begun("d"), traceId: "4bf92f3577b34da6a3ce929d0e0e4736" }]);
  await post(api, "last of all");
  expect(sources(await Promise.all(streams.map((stream) => stream.next())))).toEqual(["a", "b", "c", "d"]);
});

test("events of other projects never appear", async () => {
  const api = await useTold();
  const events = await listen(api, "?after=0");
  for (let count = 0; count < 400; count++) {
    await api.store.journal.append("other", [begun("theirs"), begun("theirs")]);
    if (count % 100 === 50) await post(api, `ours ${count}`);
  }
  await post(api, "last");
  const read = await events.until(({ data }) => data.data.source === "last");
  expect(sources(read)).toEqual(["ours 50", "ours 150", "ours 250", "ours 350", "last"]);
});

test("who asks for what is no longer kept is told of the gap, and gets all there is", async () => {
  const api = await useTold();
  for (const source of ["forgotten", "forgotten", "kept"]) await post(api, source);
  await api.store.journal.project();
  await api.store.journal.prune(new Date(Date.now() + 1000));
  const events = await listen(api, "?after=1");
  expect(await events.next()).toEqual({ name: "gap", id: "2", data: { after: 2 } });
  expect(await events.next()).toMatchObject({ name: undefined, id: "3", data: { data: { source: "kept" } } });
});

test("an id that was never given out, of a database that was restored say, is a gap as well", async () => {
  const api = await useTold();
  await post(api, "kept");
  const events = await listen(api, "", { "Last-Event-ID": "999" });
  expect(await events.next()).toEqual({ name: "gap", id: "0", data: { after: 0 } });
  expect(await events.next()).toMatchObject({ id: "1" });
});

test("who reads so slowly that what follows is no longer kept is told of the gap in the middle", async () => {
  const api = await useTold();
  await post(api, "first");
  const events = await listen(api, "?after=0");
  expect((await events.next()).data.data.source).toBe("first");
  for (const source of ["missed", "missed", "kept"]) await post(api, source);
  await api.store.journal.project();
  await api.store.journal.prune(new Date(Date.now() + 1000));
  expect([await events.next(), await events.next()]).toMatchObject([
    { name: "gap", data: { after: 3 } },
    { name: undefined, data: { data: { source: "kept" } } },
  ]);
});

test("a slow reader costs what it reads: nothing is read ahead of it", async () => {
  let reads = 0;
  const wrap = (store: Store): Store =>
    withJournal(store, (journal) => ({
      read(...given) {
        reads++;
        return journal.read(...given);
      },
    }));
  const api = await useApi({ wrap });
  await api.store.journal.append(
    "shop",
    Array.from({ length: 5000 }, () => begun("load")),
  );
  const response = await api.send("GET", `${EVENTS}?after=0`, undefined, STREAM);
  const reader = response.body?.getReader();
  await reader?.read();
  expect(reads).toBe(0);
  await reader?.read();
  expect(reads).toBe(1);
  await reader?.cancel();
});

test("while nothing happens there is a sign of life, which moves the place to go on from", async () => {
  const api = await useTold({ heartbeatMs: 20 });
  const events = await listen(api);
  const waiting = events.next();
  await expect.poll(() => events.comments).toBeGreaterThan(2);
  await api.store.journal.append("other", [begun("theirs")]);
  await api.store.journal.project();
  await expect.poll(() => events.lastId).toBe("1");
  await post(api, "ours");
  expect((await waiting).data.data.source).toBe("ours");
});

test("a stream that is cancelled ends at once and listens no longer", async () => {
  const api = await useTold();
  const events = await listen(api);
  const waiting = events.next().catch((error: unknown) => error);
  await expect.poll(() => api.listeners.size).toBe(1);
  await events.cancel();
  expect(await waiting).toMatchObject({ message: "the stream has ended" });
  expect(api.listeners.size).toBe(0);
});

test("streams end in good order when the service is about to stop, and none begins", async () => {
  const api = await useTold();
  const [idle, busy] = [await listen(api), await listen(api, "?after=0")];
  const waiting = idle.next().catch((error: unknown) => error);
  await expect.poll(() => api.listeners.size).toBe(1);
  for (const source of ["told", "told as well"]) await post(api, source);
  expect((await busy.next()).data.data.source).toBe("told");
  api.endStreams();
  expect((await busy.next()).data.data.source).toBe("told as well");
  await expect(busy.next()).rejects.toThrow("the stream has ended");
  await waiting;
  await expect(idle.until(() => false)).rejects.toThrow("the stream has ended");
  expect(api.listeners.size).toBe(0);
  expect((await api.send("GET", EVENTS, undefined, STREAM)).status).toBe(503);
  expect((await api.send("GET", EVENTS)).status).toBe(200);
});

test("a stream breaks off when the store fails, and listens no longer", async () => {
  const read = (): Promise<never> => Promise.reject(new Error("the disk is gone"));
  const api = await useTold({ wrap: (store) => withJournal(store, () => ({ read })) });
  await expect((await listen(api)).next()).rejects.toThrow("the disk is gone");
  expect(api.listeners.size).toBe(0);
});

test("without anybody who tells of news it is looked for", async () => {
  const api = await useApi();
  const events = await listen(api);
  const waiting = events.next();
  await post(api, "found");
  expect((await waiting).data.data.source).toBe("found");
});

test("more streams than the service can bear are refused, and there is room again when one ends", async () => {
  const api = await useTold();
  const streams = await Promise.all(Array.from({ length: 128 }, () => listen(api)));
  const waiting = streams.map((stream) => stream.next().catch((error: unknown) => error));
  await expect.poll(() => api.listeners.size).toBe(128);
  const refused = await api.send("GET", EVENTS, undefined, STREAM);
  expect(refused.headers.get("Retry-After")).toBe("10");
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: "overloaded" }]);
  await streams[0]?.cancel();
  const more = await listen(api);
  const next = [...waiting, more.next()];
  await post(api, "for all");
  const [ended, ...told] = await Promise.all(next);
  expect(ended).toMatchObject({ message: "the stream has ended" });
  expect(told).toEqual(Array(128).fill(expect.objectContaining({ id: "1" })));
});

test.each([
  [undefined, "application/json"],
  ["*/*", "application/json"],
  ["application/json", "application/json"],
  ["text/event-stream", "text/event-stream"],
  ["Text/Event-Stream", "text/event-stream"],
  ["text/event-stream, */*", "text/event-stream"],
  ["text/event-stream, application/json;q=0.9", "text/event-stream"],
  ["application/json, text/event-stream", "application/json"],
  ["text/event-stream;q=0.5, application/json", "application/json"],
  ["text/event-stream;q=0, */*", "application/json"],
])("Accept: %s is answered with %s", async (accept, type) => {
  const api = await useTold();
  const response = await api.send("GET", EVENTS, undefined, accept === undefined ? {} : { Accept: accept });
  expect([response.headers.get("Content-Type")?.split(";")[0], response.headers.get("Vary")]).toEqual([type, "Accept"]);
  await response.body?.cancel();
});

test.each(["since=2026-01-01T00:00:00Z", "until=2026-01-01T00:00:00Z", "limit=5", "cursor=abc", "after=-1", "after=x"])(
  "a stream with ?%s is refused",
  async (query) => {
    const api = await useTold();
    const response = await api.send("GET", `${EVENTS}?${query}`, undefined, STREAM);
    const [name = ""] = query.split("=");
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ path: [name] }] }]);
  },
);

test("a list after a sequence is refused, and so is an id that is none", async () => {
  const api = await useTold();
  expect(await api.json("GET", `${EVENTS}?after=1`)).toMatchObject({ status: 400, errors: [{ path: ["after"] }] });
  const response = await api.send("GET", EVENTS, undefined, { ...STREAM, "Last-Event-ID": "x1" });
  expect([response.status, await response.json()]).toMatchObject([400, { detail: expect.stringContaining('"x1"') }]);
});
