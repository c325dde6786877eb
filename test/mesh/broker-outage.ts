import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BrokerStatus, EMPTY_MESSAGE } from "../../mesh/broker.ts";
import type { BrokerKind } from "../support/nats.ts";
import { type BrokerLink, type LinkKind, openLink } from "./broker-link.ts";
import { errorOf } from "./error-of.ts";
import { recordingLog } from "./recording-log.ts";
import { untilStatus } from "./until-status.ts";

const LONG = { timeoutMs: 600_000 };

/** What the services expect of the broker port when the broker comes and goes. */
export function brokerOutage(kind: BrokerKind, linkKind: LinkKind): void {
  describe(`an outage of ${kind}, seen by ${linkKind}`, () => {
    let link: BrokerLink;
    beforeEach(async () => {
      link = await openLink(kind, linkKind);
    });
    afterEach(() => link[Symbol.asyncDispose]());

    test("a stopped broker is disconnected, and everything fails at once with broker_unavailable", async () => {
      const client = await link.connect();
      await link.stopBroker();
      await untilStatus(client, "disconnected");
      const error = await errorOf(client.request("any", EMPTY_MESSAGE, LONG));
      expect(error).toMatchObject({ code: "broker_unavailable", retryAfterSeconds: 1 });
      expect((await errorOf(client.gather("any", EMPTY_MESSAGE, LONG))).code).toBe("broker_unavailable");
      expect((await errorOf(client.flush())).code).toBe("broker_unavailable");
      const unavailable = expect.objectContaining({ code: "broker_unavailable" });
      expect(() => client.publish("any", EMPTY_MESSAGE)).toThrow(unavailable);
      expect(() => client.subscribe("any", {}, () => undefined)).toThrow(unavailable);
    });

    test("a broker that returns is connected again, and subscriptions serve again", async () => {
      const [client, worker] = await Promise.all([link.connect(), link.connect()]);
      const seen: BrokerStatus[] = [];
      client.onStatus((status) => seen.push(status));
      worker.subscribe("echo", { queue: "q" }, (message) => message.reply(message));
      await worker.flush();
      const away = [client, worker].map((one) => untilStatus(one, "disconnected"));
      await link.stopBroker();
      await Promise.all(away);
      const back = [client, worker].map((one) => untilStatus(one, "connected"));
      await link.startBroker();
      await Promise.all(back);
      await worker.flush();
      expect(await client.request("echo", EMPTY_MESSAGE, LONG)).toBeDefined();
      expect(seen).toEqual(["disconnected", "connected"]);
    });

    test("a subscription drained during the outage is not taken up again", async () => {
      const [client, worker] = await Promise.all([link.connect(), link.connect()]);
      const subscription = worker.subscribe("echo", {}, (message) => message.reply(message));
      await worker.flush();
      await link.stopBroker();
      await Promise.all([client, worker].map((one) => untilStatus(one, "disconnected")));
      const draining = subscription.drain();
      await link.startBroker();
      await Promise.all([client, worker].map((one) => untilStatus(one, "connected")));
      await draining;
      await worker.flush();
      expect((await errorOf(client.request("echo", EMPTY_MESSAGE, LONG))).code).toBe("worker_unavailable");
    });

    test("the first connection is made when the broker starts after its client", async () => {
      await link.stopBroker();
      const { log, lines, untilSaid } = recordingLog();
      const client = link.client({ log });
      const connecting = client.connect();
      expect(client.status).toBe("disconnected");
      expect((await errorOf(client.request("any", EMPTY_MESSAGE, LONG))).code).toBe("broker_unavailable");
      await untilSaid("cannot reach the broker yet; trying on");
      await link.startBroker();
      await connecting;
      expect(client.status).toBe("connected");
      expect(lines.at(-1)).toMatchObject({ message: "broker connected", url: link.url });
    });

    test("close is final, may be repeated and ends the requests that wait", async () => {
      const client = await link.connect();
      const seen: BrokerStatus[] = [];
      client.onStatus((status) => seen.push(status));
      client.subscribe("mute", {}, () => undefined);
      await client.flush();
      const waiting = [client.request("mute", EMPTY_MESSAGE, LONG), client.gather("mute", EMPTY_MESSAGE, LONG)];
      const codes = Promise.all(waiting.map(async (promise) => (await errorOf(promise)).code));
      await Promise.all([client.close(), client.close()]);
      await client.close();
      expect(await codes).toEqual(["broker_unavailable", "broker_unavailable"]);
      expect(client.status).toBe("closed");
      expect(seen).toEqual(["closed"]);
      expect((await errorOf(client.request("mute", EMPTY_MESSAGE, LONG))).code).toBe("broker_unavailable");
    });

    test("close ends an attempt to connect that has not succeeded yet", async () => {
      await link.stopBroker();
      const { log, untilSaid } = recordingLog();
      const client = link.client({ log });
      const failed = errorOf(client.connect());
      await untilSaid("cannot reach the broker yet; trying on");
      await client.close();
      expect((await failed).code).toBe("broker_unavailable");
      expect(client.status).toBe("closed");
    });

    test("a listener that was taken off hears nothing more", async () => {
      const client = await link.connect();
      const seen: BrokerStatus[] = [];
      client.onStatus((status) => seen.push(status))();
      await client.close();
      expect(seen).toEqual([]);
    });
  });

  describe(`credentials of ${kind}, by ${linkKind}`, () => {
    test.each([
      { auth: { token: "t0p-s3cret token/ö" }, right: "t0p-s3cret%20token%2F%C3%B6@", wrong: "wr0ng-s3cret@" },
      { auth: { user: "u53r", password: "p@ss:w0rd" }, right: "u53r:p%40ss%3Aw0rd@", wrong: "u53r:wr0ng-s3cret@" },
    ])("in the URL are used and never shown: $right", async ({ auth, right, wrong }) => {
      await using link = await openLink(kind, linkKind, { auth });
      const { log, text, untilSaid } = recordingLog();
      const withCredentials = (credentials: string): string => link.url.replace("//", `//${credentials}`);

      const refused = link.client({ url: withCredentials(wrong), log });
      const given = errorOf(refused.connect());
      expect(await untilSaid("cannot reach the broker yet; trying on")).toMatchObject({
        reason: expect.stringMatching(/authorization/i) as string,
      });
      expect(refused.status).toBe("disconnected");
      await refused.close();

      const accepted = link.client({ url: withCredentials(right), log });
      await accepted.connect();
      await accepted.flush();
      expect(accepted.url).toBe(link.url);
      await link.stopBroker();
      await untilStatus(accepted, "disconnected");
      const errors = [await errorOf(accepted.flush()), await given].map((error) => error.message);
      for (const shown of [text(), ...errors]) expect(shown).not.toMatch(/s3cret|w0rd|u53r/);
    });
  });
}
