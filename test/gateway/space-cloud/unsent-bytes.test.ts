import { describe, expect, test } from "vitest";
import { type SlowReader, UnsentBytes } from "../../../gateway/space-cloud/socket/unsent-bytes.ts";
import { jsonLog } from "../../../mesh/log.ts";
import { startTestMesh } from "../../support/mesh.ts";
import { OK, client, publish, withRules } from "./pubsub-site.ts";
import { FRAME, maskedFrame, openRawSocket } from "./raw-socket.ts";

/** Readers of what is written beside them, and who of them had to go. */
function readers(maxBytes: number): {
  readonly gone: string[];
  readonly set: (name: string, bytes: number) => void;
  readonly send: (name: string, bytes: number) => void;
} {
  const unsent = new UnsentBytes(maxBytes);
  const gone: string[] = [];
  const waiting = new Map<string, number>();
  const known = new Map<string, SlowReader>();
  const reader = (name: string): SlowReader => ({
    get unsentBytes() {
      return waiting.get(name) ?? 0;
    },
    giveWay: () => void gone.push(name),
  });
  const set = (name: string, bytes: number): void => void waiting.set(name, bytes);
  const send = (name: string, bytes: number): void => {
    set(name, bytes);
    const at = known.get(name) ?? reader(name);
    known.set(name, at);
    unsent.sent(at);
  };
  return { gone, set, send };
}

describe("what waits for all readers", () => {
  test("may be as much as there is room for, however it is shared out", () => {
    const { gone, send } = readers(100);
    send("a", 90);
    send("b", 10);
    send("a", 50);
    send("c", 40);
    expect(gone).toEqual([]);
  });

  test("beyond that, those go for whom most waits, until there is some room again", () => {
    const { gone, send } = readers(100);
    for (const [name, bytes] of Object.entries({ small: 5, large: 40, larger: 45, middle: 10 })) send(name, bytes);
    expect(gone).toEqual([]);
    send("new", 1);
    expect(gone).toEqual(["larger"]);
    send("new", 50);
    expect(gone).toEqual(["larger", "new"]);
    send("new", 10);
    expect(gone).toEqual(["larger", "new"]);
  });

  test("what was read meanwhile does not count", () => {
    const { gone, set, send } = readers(100);
    send("a", 60);
    set("a", 0);
    send("b", 90);
    expect(gone).toEqual([]);
  });
});

test("clients that do not read are dropped before they fill the memory together; whoever reads misses nothing", async () => {
  const drops: string[] = [];
  const log = jsonLog((line) => {
    const { message, reason } = JSON.parse(line) as { message: string; reason?: string };
    if (message === "a client's websocket was dropped") drops.push(reason ?? "");
  });
  await using mesh = await startTestMesh({
    kind: "embedded",
    config: withRules([{ subject: "/", publish: "allow", subscribe: "allow" }]),
    log,
    // As much as one of them may leave unread by itself.
    maxUnsentBytes: 8 * 1024 * 1024,
  });
  const subscribe = '{"id":"1","type":"pubsub-subscribe","data":{"id":"s","subject":"/x"}}';
  const idle = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const socket = await openRawSocket(mesh);
      socket.send(maskedFrame(FRAME.text, subscribe));
      await socket.until((text) => text.includes('"status":200'));
      socket.pause();
      return socket;
    }),
  );
  await using reading = await client(mesh);
  expect(await reading.subscribe("/x")).toEqual(OK);
  const data = "x".repeat(900_000);
  let published = 0;
  // What the network takes of it by itself, each system decides.
  for (; drops.length === 0; published++) expect(await publish(mesh, "/x", data)).toEqual([200, {}]);
  for (let heard = 0; heard < published; heard++) expect(await reading.feed()).toEqual({ subject: "/x/", data });
  expect(drops[0]).toBe("too much waits for all of them, and most for it");
  expect(drops.length).toBeLessThan(idle.length);
  expect(await reading.ask("pubsub-unsubscribe-all", {})).toEqual(OK);
  for (const socket of idle) await socket[Symbol.asyncDispose]();
});
