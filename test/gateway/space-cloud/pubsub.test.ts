import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startGateway } from "../../../gateway/runtime/bun.ts";
import { MAX_SUBSCRIPTIONS } from "../../../gateway/space-cloud/pubsub/feature.ts";
import { silentLog } from "../../../mesh/log.ts";
import { pubsubSubject } from "../../../mesh/pubsub-subject.ts";
import { PROJECT, testConfig } from "../../support/mesh.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { meshForSuite } from "../calling.ts";
import { PubsubClient } from "./pubsub-client.ts";
import { OK, RULES, client, guard, post, publish, refused, withRules } from "./pubsub-site.ts";

describe.each(brokersUnderTest())("publishing and subscribing, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: withRules(RULES), services: [guard] });

  test("a subscriber gets what is published at its subject and below it, in order", async () => {
    await using listener = await client(mesh());
    expect(await listener.subscribe("chat/lobby")).toEqual(OK);
    for (const [subject, data] of [
      ["/chat", 0],
      ["/chat/lobby", { text: "naïve ✓", of: [1, null] }],
      ["/chat/lobbyist", 1],
      ["chat//lobby/corner/", "two"],
      ["/chat/lobby", 3],
    ] as const) {
      expect(await publish(mesh(), subject, data)).toEqual([200, {}]);
    }
    expect(await listener.feed()).toEqual({ subject: "/chat/lobby/", data: { text: "naïve ✓", of: [1, null] } });
    expect(await listener.feed()).toEqual({ subject: "/chat/lobby/corner/", data: "two" });
    expect(await listener.feed()).toEqual({ subject: "/chat/lobby/", data: 3 });
  });

  test("a feed has the id of the message that subscribed to it", async () => {
    await using listener = await client(mesh());
    const [first, second] = ["/chat/a", "/chat/b"].map((subject) =>
      listener.send("pubsub-subscribe", { id: subject, subject, queue: "" }),
    );
    for (const id of [first, second]) await listener.next((frame) => frame.id === id);
    await publish(mesh(), "/chat/b", 1);
    expect(await listener.next(() => true)).toEqual({
      type: "pubsub-subscribe-feed",
      id: second,
      data: { subject: "/chat/b/", data: 1 },
    });
  });

  test("data that is left out is null, and no data is refused", async () => {
    await using listener = await client(mesh());
    await listener.subscribe("/chat/lobby");
    expect((await post(mesh(), '{"subject":"/chat/lobby"}')).status).toBe(200);
    for (const data of [0, "", false, [], {}, null]) await publish(mesh(), "/chat/lobby", data);
    for (const data of [null, 0, "", false, [], {}, null]) {
      expect(await listener.feed()).toEqual({ subject: "/chat/lobby/", data });
    }
  });

  test.each(["a.b", "*", ">", "fn.shop.guard.check", "with space", "\r\n", "💬", "..", "%2e", "__proto__"])(
    "the segment %j is a segment like any other",
    async (segment) => {
      await using listener = await client(mesh());
      expect(await listener.subscribe(`/chat/${segment}`)).toEqual(OK);
      await publish(mesh(), "/chat/elsewhere", "not heard");
      await publish(mesh(), "/chat/fn/shop", "not heard");
      await publish(mesh(), `/chat/${segment}/x`, "heard");
      expect(await listener.feed()).toEqual({ subject: `/chat/${segment}/x/`, data: "heard" });
    },
  );

  test("the members of a queue share its messages, at two gateways, and others get them all", async () => {
    const other = await startGateway(testConfig(withRules(RULES)), {
      configFile: join(import.meta.dirname, "test.json"),
      broker: await mesh().connect(),
      log: silentLog,
    });
    try {
      const MESSAGES = 60;
      await using here = await client(mesh());
      await using there = await PubsubClient.connect(other.url, PROJECT);
      await using everything = await PubsubClient.connect(other.url, PROJECT);
      const queue = "two words ✓";
      for (const member of [here, there]) expect(await member.subscribe("/chat/jobs", { queue })).toEqual(OK);
      await everything.subscribe("/chat/jobs");
      const got = new Map<PubsubClient, unknown[]>([here, there, everything].map((each) => [each, []]));
      const enough = Promise.withResolvers<void>();
      for (const [each, list] of got) {
        void (async () => {
          for (;;) {
            list.push(await each.feed());
            const shared = (got.get(here)?.length ?? 0) + (got.get(there)?.length ?? 0);
            if (shared >= MESSAGES && got.get(everything)?.length === MESSAGES) enough.resolve();
          }
        })();
      }
      for (let job = 0; job < MESSAGES; job++) await publish(mesh(), "/chat/jobs", job);
      await enough.promise;
      const jobs = Array.from({ length: MESSAGES }, (_, data) => ({ subject: "/chat/jobs/", data }));
      expect(got.get(everything)).toEqual(jobs);
      expect([...(got.get(here) ?? []), ...(got.get(there) ?? [])]).toHaveLength(MESSAGES);
      expect(new Set([...(got.get(here) ?? []), ...(got.get(there) ?? [])])).toEqual(new Set(jobs));
      expect(got.get(here)).not.toHaveLength(0);
      expect(got.get(there)).not.toHaveLength(0);
    } finally {
      await other.close();
    }
  });

  test("what comes after unsubscribing is not heard", async () => {
    await using listener = await client(mesh());
    await listener.subscribe("/chat/a", { id: "a" });
    await listener.subscribe("/chat/b", { id: "b" });
    expect(await listener.ask("pubsub-unsubscribe", { id: "a", subject: "/chat/a" })).toEqual(OK);
    await publish(mesh(), "/chat/a", 1);
    await publish(mesh(), "/chat/b", 2);
    expect(await listener.feed()).toEqual({ subject: "/chat/b/", data: 2 });
    expect(await listener.ask("pubsub-unsubscribe-all", {})).toEqual(OK);
    await publish(mesh(), "/chat/b", 3);
    await listener.subscribe("/chat/c");
    await publish(mesh(), "/chat/c", 4);
    expect(await listener.feed()).toEqual({ subject: "/chat/c/", data: 4 });
    expect(await listener.ask("pubsub-unsubscribe", { id: "never there" })).toEqual(OK);
  });

  test("a subscription takes the place of another with its id", async () => {
    await using listener = await client(mesh());
    await listener.subscribe("/chat/a", { id: "same" });
    await listener.subscribe("/chat/b", { id: "same" });
    await publish(mesh(), "/chat/a", 1);
    await publish(mesh(), "/chat/b", 2);
    expect(await listener.feed()).toEqual({ subject: "/chat/b/", data: 2 });
  });

  test("a connection holds so many subscriptions, and no more", async () => {
    await using listener = await client(mesh());
    const subscribing = Array.from({ length: MAX_SUBSCRIPTIONS }, (_, index) => listener.subscribe(`/chat/${index}`));
    expect(new Set((await Promise.all(subscribing)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(await listener.subscribe("/chat/more")).toEqual(refused(500, /256 subscriptions/));
    await listener.ask("pubsub-unsubscribe-all", {});
    expect(await listener.subscribe("/chat/more")).toEqual(OK);
  });

  test.each([
    ["nothing", {}],
    ["an id that is no text", { id: 1, subject: "/chat" }],
    ["an empty id", { id: "", subject: "/chat" }],
    ["a very long id", { id: "a".repeat(129), subject: "/chat" }],
    ["no subject", { id: "a" }],
    ["a subject that is no text", { id: "a", subject: ["chat"] }],
    ["a very long subject", { id: "a", subject: `/chat/${"x".repeat(300)}` }],
    ["a very deep subject", { id: "a", subject: `/chat${"/x".repeat(40)}` }],
    ["half a character", { id: "a", subject: "/chat/\ud800" }],
    ["a queue that is no text", { id: "a", subject: "/chat", queue: 1 }],
    ["a queue with half a character", { id: "a", subject: "/chat", queue: "\ud800" }],
    ["a very long queue", { id: "a", subject: "/chat", queue: "q".repeat(65) }],
  ])("subscribing with %s is refused", async (_what, data) => {
    await using listener = await client(mesh());
    expect(await listener.ask("pubsub-subscribe", data)).toEqual(refused(400));
    expect(await listener.subscribe("/chat/lobby")).toEqual(OK);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "nonsense"],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["no object", "[]"],
    ["no subject", '{"data":1}'],
    ["a subject that is no text", '{"subject":1}'],
    ["a very long subject", JSON.stringify({ subject: `/chat/${"x".repeat(300)}` })],
  ])("publishing with %s is refused", async (_what, body) => {
    const response = await post(mesh(), body);
    expect([response.status, await response.json()]).toEqual([400, { error: expect.any(String) as string }]);
  });

  test("data that is too large, or nested too deep, is refused", async () => {
    expect((await publish(mesh(), "/chat/lobby", "x".repeat(1_000_000)))[0]).toBe(413);
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect((await post(mesh(), `{"subject":"/chat/lobby","data":${deep}}`)).status).toBe(400);
  });

  test("what others publish on the broker is heard if it is JSON", async () => {
    await using listener = await client(mesh());
    await listener.subscribe("/chat/lobby");
    const say = (text: string): void =>
      mesh().workers.publish(pubsubSubject(PROJECT, ["chat", "lobby"]), {
        payload: new TextEncoder().encode(text),
        headers: {},
      });
    for (const text of ["nonsense", "{", "\xff", `${"[".repeat(2_000)}${"]".repeat(2_000)}`, '{"from":"a worker"}'])
      say(text);
    expect(await listener.feed()).toEqual({ subject: "/chat/lobby/", data: { from: "a worker" } });
  });

  test("subscriptions survive the broker, and while it is away clients are told", async () => {
    await using listener = await client(mesh());
    await listener.subscribe("/chat/lobby");
    await mesh().stopBroker();
    expect(await publish(mesh(), "/chat/lobby", 1)).toEqual([
      500,
      { error: expect.stringMatching(/broker/) as string },
    ]);
    expect(await listener.subscribe("/chat/more")).toEqual(refused(500, /broker/));
    await mesh().startBroker();
    await expect.poll(async () => (await publish(mesh(), "/chat/lobby", 2))[0]).toBe(200);
    expect(await listener.feed()).toEqual({ subject: "/chat/lobby/", data: 2 });
    expect(await listener.subscribe("/chat/more")).toEqual(OK);
  });
});
