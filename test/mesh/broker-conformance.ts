import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Broker, EMPTY_MESSAGE, type IncomingMessage, type Message } from "../../mesh/broker.ts";
import type { BrokerKind } from "../support/nats.ts";
import { type BrokerLink, type LinkKind, openLink } from "./broker-link.ts";
import { errorOf } from "./error-of.ts";
import { recordingLog } from "./recording-log.ts";

/** Nothing here waits for it to pass, but where the test says so. */
const LONG = { timeoutMs: 15_000 };

/** What the services expect of the broker port while the broker is there. */
export function brokerConformance(kind: BrokerKind, linkKind: LinkKind): void {
  describe(`the broker port by ${linkKind} to ${kind}`, () => {
    let link: BrokerLink;
    let client: Broker;
    let worker: Broker;
    const subscribe = async (
      subject: string,
      handler: (message: IncomingMessage) => void,
      options: { queue?: string; by?: Broker } = {},
    ): Promise<ReturnType<Broker["subscribe"]>> => {
      const { by = worker, ...rest } = options;
      const subscription = by.subscribe(subject, rest, handler);
      await by.flush();
      return subscription;
    };

    beforeAll(async () => {
      link = await openLink(kind, linkKind);
    });
    afterAll(() => link[Symbol.asyncDispose]());
    beforeAll(async () => {
      [client, worker] = await Promise.all([link.connect(), link.connect()]);
    });
    const open: { drain(): Promise<void> }[] = [];
    afterEach(async () => {
      await Promise.all(open.splice(0).map((subscription) => subscription.drain()));
    });

    test("is connected after connect(), and says where to", () => {
      expect(client.status).toBe("connected");
      expect(client.url).toBe(link.url);
      expect(client.maxPayloadBytes).toBe(1_048_576);
    });

    test("a request gets its reply, payload and headers as they were given", async () => {
      const headers = {
        plain: "a",
        Empty: "",
        "Ünïcode-näme": "wörld 🌍",
        "with-colon": "a: b:c",
        Case: "x",
        case: "y",
      };
      const payload = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      let received: IncomingMessage | undefined;
      open.push(
        await subscribe("echo", (message) => {
          received = message;
          message.reply(message);
        }),
      );
      const reply = await client.request("echo", { payload, headers }, LONG);
      expect(received).toMatchObject({ subject: "echo", wantsReply: true });
      expect({ ...received?.headers }).toEqual(headers);
      expect({ ...reply.headers }).toEqual(headers);
      expect([...reply.payload]).toEqual([...payload]);
    });

    test("replies find their requests, whatever order they come in", async () => {
      const held: IncomingMessage[] = [];
      open.push(
        await subscribe("shuffled", (message) => {
          held.push(message);
          if (held.length === 50) for (const one of held.toReversed()) one.reply(one);
        }),
      );
      const requests = Array.from({ length: 50 }, (_, n) => client.request("shuffled", text(String(n)), LONG));
      const replies = await Promise.all(requests);
      expect(replies.map(textOf)).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
    });

    test("a request nobody serves fails at once with worker_unavailable", async () => {
      const error = await errorOf(client.request("nobody.here", EMPTY_MESSAGE, { timeoutMs: 600_000 }));
      expect(error).toMatchObject({ code: "worker_unavailable", retryAfterSeconds: 1 });
      expect(error.message).toContain('"nobody.here"');
    });

    test("an empty reply is a reply, not the lack of one", async () => {
      open.push(await subscribe("empty", (message) => message.reply(EMPTY_MESSAGE)));
      expect((await client.request("empty", EMPTY_MESSAGE, LONG)).payload).toHaveLength(0);
    });

    test("a request that is not answered in time fails with deadline_exceeded, and a late reply harms nobody", async () => {
      const { promise: asked, resolve } = Promise.withResolvers<IncomingMessage>();
      open.push(await subscribe("slow", resolve));
      expect(await errorOf(client.request("slow", EMPTY_MESSAGE, { timeoutMs: 30 }))).toMatchObject({
        code: "deadline_exceeded",
        retrySafe: false,
      });
      (await asked).reply(text("too late"));
      await worker.flush();
      await client.flush();
      expect(client.status).toBe("connected");
    });

    test("a request ends with its signal's reason", async () => {
      const controller = new AbortController();
      const reason = new Error("the caller went away");
      open.push(await subscribe("aborted", () => controller.abort(reason)));
      const { signal } = controller;
      await expect(client.request("aborted", EMPTY_MESSAGE, { ...LONG, signal })).rejects.toBe(reason);
      await expect(client.request("aborted", EMPTY_MESSAGE, { ...LONG, signal })).rejects.toBe(reason);
    });

    test("a message of exactly the broker's limit passes, headers counted, and one byte more is payload_too_large", async () => {
      open.push(await subscribe("large", (message) => message.reply(text(String(message.payload.length)))));
      const headers = { "X-Kind": "test" };
      const headerBytes = "NATS/1.0\r\nX-Kind: test\r\n\r\n".length;
      const room = client.maxPayloadBytes - headerBytes;
      expect(textOf(await client.request("large", { payload: new Uint8Array(room), headers }, LONG))).toBe(
        String(room),
      );
      const tooLarge = { payload: new Uint8Array(room + 1), headers };
      expect(await errorOf(client.request("large", tooLarge, LONG))).toMatchObject({ code: "payload_too_large" });
      expect(() => client.publish("large", tooLarge)).toThrow(expect.objectContaining({ code: "payload_too_large" }));
      expect(client.status).toBe("connected");
    });

    test("a reply beyond the limit is payload_too_large for who replies", async () => {
      const { promise: thrown, resolve } = Promise.withResolvers<unknown>();
      open.push(
        await subscribe("huge-reply", (message) => {
          try {
            message.reply({ payload: new Uint8Array(worker.maxPayloadBytes + 1), headers: {} });
          } catch (error) {
            resolve(error);
            message.reply(EMPTY_MESSAGE);
          }
        }),
      );
      await client.request("huge-reply", EMPTY_MESSAGE, LONG);
      expect(await thrown).toMatchObject({ code: "payload_too_large" });
    });

    test.each(["\r\nNats-Service-Error: forged", "a\nb", "a\rb"])("the header value %j is refused", async (value) => {
      const message = { payload: new Uint8Array(0), headers: { claims: value } };
      const error = await errorOf(client.request("echo", message, LONG));
      expect(error).toMatchObject({ code: "invalid_request", message: 'header "claims" holds a line break' });
      expect((await errorOf(client.gather("echo", message, LONG))).code).toBe("invalid_request");
      expect(() => client.publish("echo", message)).toThrow(/line break/);
    });

    test("gather takes every reply that comes in its time", async () => {
      for (const name of ["a", "b", "c"]) open.push(await subscribe("who", (message) => message.reply(text(name))));
      const replies = await client.gather("who", EMPTY_MESSAGE, { timeoutMs: 750 });
      expect(replies.map(textOf).toSorted()).toEqual(["a", "b", "c"]);
    });

    test("gather is empty when nobody answers, and at once when nobody is there", async () => {
      open.push(await subscribe("mute", () => undefined));
      expect(await client.gather("mute", EMPTY_MESSAGE, { timeoutMs: 30 })).toEqual([]);
      expect(await client.gather("nobody.here", EMPTY_MESSAGE, { timeoutMs: 600_000 })).toEqual([]);
    });

    test("gather ends with its signal's reason", async () => {
      const controller = new AbortController();
      const reason = new Error("not interested any more");
      open.push(await subscribe("abandoned", () => controller.abort(reason)));
      const gathering = client.gather("abandoned", EMPTY_MESSAGE, { timeoutMs: 600_000, signal: controller.signal });
      await expect(gathering).rejects.toBe(reason);
    });

    test("publish reaches every subscriber, in order; none of them can answer", async () => {
      const seen: string[] = [];
      const take = (message: IncomingMessage): void => {
        expect(message.wantsReply).toBe(false);
        message.reply(text("nobody hears this"));
        seen.push(textOf(message));
      };
      open.push(await subscribe("news", take), await subscribe("news", take));
      for (const word of ["one", "two", "three"]) client.publish("news", text(word));
      await client.flush();
      await worker.flush();
      expect(seen).toHaveLength(6);
      expect(new Set(seen)).toEqual(new Set(["one", "two", "three"]));
      expect(seen.filter((_, index) => index % 2 === 0)).toEqual(["one", "two", "three"]);
    });

    test("an inbox receives the answers to publications that name it, until it is closed", async () => {
      const seen: string[] = [];
      const { promise: twoCame, resolve } = Promise.withResolvers<void>();
      const inbox = client.openInbox({
        onMessage: (message) => {
          seen.push(textOf(message));
          if (seen.length === 2) resolve();
        },
        onNobodyThere: () => seen.push("nobody"),
      });
      open.push(
        await subscribe("asked", (message) => {
          expect(message.wantsReply).toBe(true);
          message.reply(text("first"));
          message.reply(text("second"));
        }),
      );
      client.publish("asked", EMPTY_MESSAGE, inbox.subject);
      await twoCame;
      inbox.close();
      inbox.close();
      client.publish("asked", EMPTY_MESSAGE, inbox.subject);
      await client.request("nobody.here", EMPTY_MESSAGE, LONG).catch(() => undefined);
      await worker.flush();
      await client.flush();
      expect(seen).toEqual(["first", "second"]);
    });

    test("an inbox can be sent to by whoever knows its subject, and its owner can answer", async () => {
      const inbox = client.openInbox({
        onMessage: (message) => message.reply(text(`${textOf(message)} back`)),
        onNobodyThere: () => undefined,
      });
      await client.flush();
      expect(textOf(await worker.request(inbox.subject, text("there and"), LONG))).toBe("there and back");
      inbox.close();
    });

    test("an inbox is told when a publication that names it reached nobody", async () => {
      const { promise: nobody, resolve } = Promise.withResolvers<void>();
      const inbox = client.openInbox({ onMessage: () => undefined, onNobodyThere: resolve });
      client.publish("nobody.here", EMPTY_MESSAGE, inbox.subject);
      expect(await nobody).toBeUndefined();
      inbox.close();
    });

    test("the members of a queue group share the messages, each going to one of them", async () => {
      const other = await link.connect();
      const counts = [0, 0];
      const member = (index: number) => (message: IncomingMessage) => {
        counts[index] = (counts[index] ?? 0) + 1;
        message.reply(message);
      };
      open.push(await subscribe("work", member(0), { queue: "q" }));
      open.push(await subscribe("work", member(1), { queue: "q", by: other }));
      await Promise.all(Array.from({ length: 200 }, () => client.request("work", EMPTY_MESSAGE, LONG)));
      expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(200);
      expect(Math.min(...counts)).toBeGreaterThan(20);
    });

    test("drain hands over what is under way and takes no more; another member goes on", async () => {
      const handled = { first: 0, second: 0 };
      const first = await subscribe("drained", (m) => (handled.first++, m.reply(m)), { queue: "q" });
      const requests = Array.from({ length: 100 }, () => client.request("drained", EMPTY_MESSAGE, LONG));
      await client.flush();
      const draining = first.drain();
      open.push(await subscribe("drained", (m) => (handled.second++, m.reply(m)), { queue: "q" }));
      await draining;
      await first.drain();
      await Promise.all(requests);
      const before = handled.first;
      await Promise.all(Array.from({ length: 50 }, () => client.request("drained", EMPTY_MESSAGE, LONG)));
      expect(handled).toEqual({ first: before, second: 150 - before });
    });

    test("a handler that throws is logged and ends nothing else", async () => {
      const { log, untilSaid } = recordingLog();
      const careless = await link.connect({ log });
      careless.subscribe("careless", {}, () => {
        throw new Error("did not think of this");
      });
      careless.subscribe("careful", {}, (message) => message.reply(message));
      await careless.flush();
      client.publish("careless", EMPTY_MESSAGE);
      expect(await untilSaid("a message could not be handled")).toMatchObject({
        subject: "careless",
        error: { message: "did not think of this" },
      });
      expect(textOf(await client.request("careful", text("still here"), LONG))).toBe("still here");
    });
  });
}

function text(content: string): Message {
  return { payload: new TextEncoder().encode(content), headers: {} };
}

function textOf({ payload }: Message): string {
  return new TextDecoder().decode(payload);
}
