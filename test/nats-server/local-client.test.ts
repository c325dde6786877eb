import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LocalClient, LocalMessage } from "../../nats-server/local-client.ts";
import { type NatsServer, startNatsServer } from "../../nats-server/server.ts";
import { type RawClient, answerTo, greetedClient } from "./raw-client.ts";

describe("a client in the server's process", () => {
  let server: NatsServer;
  let local: LocalClient;
  let remote: RawClient;

  beforeEach(async () => {
    server = await startNatsServer({ tcpPort: 0, wsPort: false, lameDuckMs: 0 });
    local = server.connectLocally();
    remote = await greetedClient(server.tcpUrl ?? "", { headers: true, no_responders: true });
  });

  afterEach(async () => {
    remote.close();
    await server.close();
  });

  const message = (subject: string, payload: string, more: Partial<LocalMessage> = {}): LocalMessage => ({
    subject,
    replyTo: "",
    headers: "",
    payload: new TextEncoder().encode(payload),
    ...more,
  });
  const textOf = ({ payload }: LocalMessage): string => new TextDecoder().decode(payload);
  /** The next message of a subscription. */
  const next = (subject: string): Promise<LocalMessage> =>
    new Promise((resolve) => local.subscribe(subject, undefined, resolve));

  /** Subscribes by socket; returns what hears there, up to an ending. */
  async function subscribeRemotely(subject: string): Promise<(ending: string) => Promise<string>> {
    await answerTo(remote, `SUB ${subject} 1\r\n`);
    let heard = remote.received.length;
    return async (ending) => {
      const all = await remote.until((text) => text.length > heard && text.endsWith(ending));
      const fresh = all.slice(heard);
      heard = all.length;
      return fresh;
    };
  }

  test("reaches sockets byte for byte as a publisher by socket does", async () => {
    const hear = await subscribeRemotely("a.*");
    local.publish(message("a.b", "hi"));
    expect(await hear("hi\r\n")).toBe("MSG a.b 1 2\r\nhi\r\n");
    local.publish(message("a.c", "Grüße", { replyTo: "back", headers: "NATS/1.0\r\nK: wörld\r\n\r\n" }));
    expect(Buffer.from(await hear("e\r\n"), "latin1").toString("utf8")).toBe(
      "HMSG a.c 1 back 23 30\r\nNATS/1.0\r\nK: wörld\r\n\r\nGrüße\r\n",
    );
  });

  test("gets what sockets send: subject, reply, headers and a payload of its own", async () => {
    const arrived = next("in.>");
    remote.send("HPUB in.x back 18 21\r\nNATS/1.0\r\nA: b\r\n\r\n123\r\n");
    const got = await arrived;
    expect(got).toMatchObject({ subject: "in.x", replyTo: "back", headers: "NATS/1.0\r\nA: b\r\n\r\n" });
    await answerTo(remote, "PUB in.x 3\r\n456\r\n");
    expect(textOf(got)).toBe("123");
  });

  test("a message reaches its receiver after the sender's call, in the order sent", async () => {
    const got: string[] = [];
    local.subscribe("a", undefined, (arrived) => got.push(textOf(arrived)));
    for (const text of ["1", "2", "3"]) local.publish(message("a", text));
    expect(got).toEqual([]);
    await Promise.resolve();
    expect(got).toEqual(["1", "2", "3"]);
  });

  test("a receiver may publish in its turn, and one that throws spoils nothing for the others", async () => {
    const got: string[] = [];
    local.subscribe("a", undefined, () => {
      throw new Error("careless");
    });
    local.subscribe("a", undefined, (arrived) => local.publish(message("b", `${textOf(arrived)}!`)));
    local.subscribe("b", undefined, (arrived) => got.push(textOf(arrived)));
    const hear = await subscribeRemotely("b");
    local.publish(message("a", "one"));
    local.publish(message("a", "two"));
    expect(await hear("two!\r\n")).toBe("MSG b 1 4\r\none!\r\nMSG b 1 4\r\ntwo!\r\n");
    expect(got).toEqual(["one!", "two!"]);
  });

  test("is told at once when nobody is there to answer", async () => {
    const answer = next("inbox.*");
    local.publish(message("nobody", "?", { replyTo: "inbox.7" }));
    expect(await answer).toMatchObject({ subject: "inbox.7", headers: "NATS/1.0 503\r\n\r\n" });
  });

  test("sends and gets messages larger than any buffer it keeps", async () => {
    const large = "x".repeat(900_000);
    const arrived = next("large");
    const hear = await subscribeRemotely("large");
    local.publish(message("large", large));
    expect(textOf(await arrived)).toBe(large);
    expect(await hear("x\r\n")).toBe(`MSG large 1 900000\r\n${large}\r\n`);
  });

  test.each(["a b", "a\r\nPUB x 0\r\n", "a\tb"])("a subject that holds white space (%j) is refused", (subject) => {
    expect(() => local.publish(message(subject, ""))).toThrow(/holds white space/);
    expect(() => local.publish(message("a", "", { replyTo: subject }))).toThrow(/holds white space/);
  });

  test("gets nothing more after unsubscribing, and leaves nothing behind when closed", async () => {
    const got: string[] = [];
    const unsubscribe = local.subscribe("a", undefined, (arrived) => got.push(textOf(arrived)));
    local.publish(message("a", "before"));
    await Promise.resolve();
    unsubscribe();
    unsubscribe();
    local.publish(message("a", "after"));
    await Promise.resolve();
    expect(got).toEqual(["before"]);
    local.subscribe("a", "q", () => undefined);
    local.close();
    expect(server.stats().subscriptions).toBe(0);
  });
});
