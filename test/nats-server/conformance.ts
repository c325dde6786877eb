import {
  type ConnectionOptions,
  type Msg,
  type MsgCallback,
  type NatsConnection,
  NoRespondersError,
  type Payload,
  headers,
} from "@nats-io/nats-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BrokerKind, type BrokerUnderTest, useNats } from "../support/nats.ts";

/** Connects an unmodified NATS client to a broker, over the transport under test. */
export type Dial = (broker: BrokerUnderTest, options?: ConnectionOptions) => Promise<NatsConnection>;

const text = new TextEncoder();

/** What a NATS client may expect of its server. */
export function brokerConformance(kind: BrokerKind, dial: Dial): void {
  describe(`a client of ${kind}`, () => {
    let broker: BrokerUnderTest;
    const connections: NatsConnection[] = [];
    const connect = async (options?: ConnectionOptions): Promise<NatsConnection> => {
      const connection = await dial(broker, options);
      connections.push(connection);
      return connection;
    };

    beforeAll(async () => {
      broker = await useNats(kind);
    });
    afterEach(async () => {
      await Promise.all(connections.splice(0).map((connection) => connection.close()));
    });
    afterAll(() => broker.stop());

    test("gets what another one publishes", async () => {
      const [subscriber, publisher] = await Promise.all([connect(), connect()]);
      const messages = subscriber.subscribe("news.today", { max: 1 });
      await subscriber.flush();
      publisher.publish("news.today", "first snow");
      const [message] = await collect(messages);
      expect(message?.string()).toBe("first snow");
      expect(message?.subject).toBe("news.today");
      expect(message?.reply).toBeFalsy();
    });

    test.for([
      { pattern: "a.*.c", fits: ["a.b.c", "a.*.c"], misses: ["a.c", "a.b.c.d", "a.b.x", "A.b.c"] },
      { pattern: "a.>", fits: ["a.b", "a.b.c.d"], misses: ["a", "b.a"] },
      { pattern: "*", fits: ["a", "b"], misses: ["a.b"] },
      { pattern: "*.*", fits: ["a.b"], misses: ["a", "a.b.c"] },
      { pattern: "a.b*", fits: ["a.b*"], misses: ["a.bc"] },
      { pattern: "ünï.*", fits: ["ünï.cødé"], misses: ["uni.code"] },
    ])("that subscribes to $pattern gets $fits and not $misses", async ({ pattern, fits, misses }) => {
      const connection = await connect();
      const messages = connection.subscribe(pattern);
      for (const subject of [...misses, ...fits]) connection.publish(subject, subject);
      await connection.flush();
      await messages.drain();
      expect((await collect(messages)).map((message) => message.subject)).toEqual(fits);
    });

    test("gets a message once for each of its subscriptions that fits", async () => {
      const connection = await connect();
      const subjects = ["x.y", "x.*", "x.>", ">", "x.y"];
      const subscriptions = subjects.map((subject) => connection.subscribe(subject));
      connection.publish("x.y");
      await connection.flush();
      await Promise.all(subscriptions.map((subscription) => subscription.drain()));
      const counts = await Promise.all(subscriptions.map(async (all) => (await collect(all)).length));
      expect(counts).toEqual([1, 1, 1, 1, 1]);
    });

    test("in a queue group shares the messages with the other members, while a plain subscriber gets all", async () => {
      const [first, second, third, publisher] = await Promise.all([connect(), connect(), connect(), connect()]);
      const members = [first, second, third].map((member) => member.subscribe("work", { queue: "q" }));
      const observer = third.subscribe("work");
      await Promise.all([first.flush(), second.flush(), third.flush()]);
      for (let sent = 0; sent < 600; sent++) publisher.publish("work", String(sent));
      await publisher.flush();
      const everyone = [...members, observer];
      await Promise.all(everyone.map((subscription) => subscription.drain()));
      const received = await Promise.all(everyone.map(async (all) => (await collect(all)).map((m) => m.string())));
      const shares = received.slice(0, 3);
      // With 600 fair draws, a share below 120 is less likely than one in ten thousand million.
      for (const share of shares) expect(share.length).toBeGreaterThan(120);
      expect(new Set(shares.flat()).size).toBe(600);
      expect(shares.flat()).toHaveLength(600);
      expect(received[3]).toHaveLength(600);
    });

    test("in another queue group gets its own share", async () => {
      const connection = await connect();
      const groups = ["left", "right"].map((queue) => connection.subscribe("both", { queue }));
      connection.publish("both");
      await connection.flush();
      await Promise.all(groups.map((group) => group.drain()));
      expect(await Promise.all(groups.map(async (all) => (await collect(all)).length))).toEqual([1, 1]);
    });

    test("in a queue group takes over after another member left", async () => {
      const [leaver, stayer, caller] = await Promise.all([connect(), connect(), connect()]);
      for (const [name, member] of Object.entries({ leaver, stayer })) {
        member.subscribe("who", { queue: "q", callback: answer(() => name) });
      }
      await Promise.all([leaver.flush(), stayer.flush()]);
      await leaver.drain();
      const replies = await Promise.all(Array.from({ length: 20 }, () => caller.request("who")));
      expect(new Set(replies.map((reply) => reply.string()))).toEqual(new Set(["stayer"]));
    });

    test("in a queue group spread over wildcards still gets one message per group", async () => {
      const connection = await connect();
      const members = ["jobs.*", "jobs.new", "jobs.>"].map((subject) => connection.subscribe(subject, { queue: "q" }));
      for (let sent = 0; sent < 30; sent++) connection.publish("jobs.new");
      await connection.flush();
      await Promise.all(members.map((member) => member.drain()));
      const counts = await Promise.all(members.map(async (all) => (await collect(all)).length));
      expect(counts.reduce((sum, count) => sum + count)).toBe(30);
    });

    test("in a queue group gets a fair share, whether it subscribes to the subject or to a wildcard", async () => {
      const [first, second, publisher] = await Promise.all([connect(), connect(), connect()]);
      const members = [
        first.subscribe("tasks.eu.new", { queue: "q" }),
        // Two of one connection are two members, also when they subscribe to the same.
        second.subscribe("tasks.eu.*", { queue: "q" }),
        second.subscribe("tasks.eu.*", { queue: "q" }),
      ];
      await Promise.all([first.flush(), second.flush()]);
      for (let sent = 0; sent < 600; sent++) publisher.publish("tasks.eu.new");
      await publisher.flush();
      await Promise.all(members.map((member) => member.drain()));
      const counts = await Promise.all(members.map(async (all) => (await collect(all)).length));
      expect(counts.reduce((sum, count) => sum + count)).toBe(600);
      // As above.
      for (const count of counts) expect(count).toBeGreaterThan(120);
    });

    test("gets its request answered", async () => {
      const [worker, caller] = await Promise.all([connect(), connect()]);
      worker.subscribe("double", {
        callback: answer((message) => String(Number(message.string()) * 2)),
      });
      await worker.flush();
      const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => caller.request("double", String(n))));
      expect(replies.map((reply) => reply.string())).toEqual(Array.from({ length: 200 }, (_, n) => String(n * 2)));
    });

    test("gets its request answered through an inbox of its own", async () => {
      const [worker, caller] = await Promise.all([connect(), connect()]);
      worker.subscribe("echo", { callback: answer((message) => message.data) });
      await worker.flush();
      const reply = await caller.request("echo", "here", { timeout: 5_000, noMux: true, reply: "my.inbox" });
      expect(reply.string()).toBe("here");
    });

    test("is told at once that nobody answers", async () => {
      const caller = await connect();
      // Far beyond the test's own limit: only the broker's word ends the wait.
      await expect(caller.request("nobody.home", "", { timeout: 600_000 })).rejects.toMatchObject({
        cause: expect.any(NoRespondersError) as unknown,
      });
    });

    test("is told at once when the last worker has left", async () => {
      const [worker, caller] = await Promise.all([connect(), connect()]);
      worker.subscribe("leaving", { queue: "q", callback: answer(() => "") });
      await worker.flush();
      await caller.request("leaving");
      await worker.drain();
      await expect(caller.request("leaving", "", { timeout: 600_000 })).rejects.toThrow("no responders");
    });

    test("gets headers as they were sent: several values, case kept, binary payload", async () => {
      const connection = await connect();
      const messages = connection.subscribe("with.headers", { max: 2 });
      const sent = headers();
      sent.append("X-Many", "one");
      sent.append("X-Many", "two");
      sent.set("lower-case", "ünïcode");
      const payload = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      connection.publish("with.headers", payload, { headers: sent });
      connection.publish("with.headers", "", { headers: sent, reply: "back" });
      const [first, second] = await collect(messages);
      expect(first?.headers?.keys()).toEqual(["X-Many", "lower-case"]);
      expect(first?.headers?.values("X-Many")).toEqual(["one", "two"]);
      expect(first?.headers?.get("lower-case")).toBe("ünïcode");
      expect([...(first?.data ?? [])]).toEqual([...payload]);
      expect(second?.data).toHaveLength(0);
      expect(second?.reply).toBe("back");
    });

    test("gets no more messages than it asked for", async () => {
      const [subscriber, publisher] = await Promise.all([connect(), connect()]);
      const messages = subscriber.subscribe("three", { max: 3 });
      await subscriber.flush();
      for (let sent = 0; sent < 5; sent++) publisher.publish("three", String(sent));
      expect((await collect(messages)).map((message) => message.string())).toEqual(["0", "1", "2"]);
      await expect(publisher.request("three")).rejects.toThrow("no responders");
    });

    test("gets what was on the way before its drain ends, and nothing after", async () => {
      const [subscriber, publisher] = await Promise.all([connect(), connect()]);
      const messages = subscriber.subscribe("drained");
      await subscriber.flush();
      for (let sent = 0; sent < 100; sent++) publisher.publish("drained", String(sent));
      await publisher.flush();
      await subscriber.drain();
      publisher.publish("drained", "too late");
      await publisher.flush();
      expect(await collect(messages)).toHaveLength(100);
    });

    test("does not get its own messages when it wants no echo", async () => {
      const [silent, other] = await Promise.all([connect({ noEcho: true }), connect()]);
      const messages = silent.subscribe("room");
      await silent.flush();
      silent.publish("room", "mine");
      await silent.flush();
      other.publish("room", "theirs");
      await other.flush();
      await messages.drain();
      expect((await collect(messages)).map((message) => message.string())).toEqual(["theirs"]);
    });

    test("gets ten thousand messages in order", async () => {
      const [subscriber, publisher] = await Promise.all([connect(), connect()]);
      const messages = subscriber.subscribe("counted", { max: 10_000 });
      await subscriber.flush();
      for (let sent = 0; sent < 10_000; sent++) publisher.publish("counted", String(sent));
      const received = await collect(messages);
      expect(received.map((message) => Number(message.string()))).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
    });

    test("gets many messages of the largest size unharmed", async () => {
      const [worker, caller] = await Promise.all([connect(), connect()]);
      worker.subscribe("mirror", { callback: answer((message) => message.data) });
      await worker.flush();
      const sent = Array.from({ length: 24 }, (_, n) => new Uint8Array(1024 * 1024 - n).fill(n + 1));
      const replies = await Promise.all(sent.map((data) => caller.request("mirror", data, { timeout: 15_000 })));
      for (const [n, reply] of replies.entries()) {
        // Buffers compare natively; a matcher would walk each of the 24 million bytes.
        expect(Buffer.compare(reply.data, sent[n] ?? text.encode("missing"))).toBe(0);
      }
    });

    test("knows the largest payload, and may send exactly that, headers included", async () => {
      const connection = await connect();
      const { max_payload: most } = connection.info ?? { max_payload: 0 };
      expect(most).toBe(1024 * 1024);
      const messages = connection.subscribe("largest", { max: 2 });
      const some = headers();
      some.set("A", "b");
      const headerBytes = "NATS/1.0\r\nA: b\r\n\r\n".length;
      connection.publish("largest", new Uint8Array(most));
      connection.publish("largest", new Uint8Array(most - headerBytes), { headers: some });
      const [bare, withHeaders] = await collect(messages);
      expect(bare?.data).toHaveLength(most);
      expect(withHeaders?.data).toHaveLength(most - headerBytes);
    });
  });
}

/** Answers every message. */
export function answer(reply: (message: Msg) => Payload): MsgCallback<Msg> {
  return (error, message) => {
    if (error !== null) throw error;
    message.respond(reply(message));
  };
}

async function collect(messages: AsyncIterable<Msg>): Promise<Msg[]> {
  const all: Msg[] = [];
  for await (const message of messages) all.push(message);
  return all;
}
