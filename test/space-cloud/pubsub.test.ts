import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { RunningCommand } from "../support/fmesh.ts";
import { type Answer, type PeerOptions, answersOf, startPeer } from "./peers.ts";
import { type SpaceCloud, startSpaceCloud } from "./space-cloud.ts";

const ALLOW = { rule: "allow" };
const MODULES = {
  pubsub: {
    enabled: true,
    broker: "nats",
    conn: "nats://localhost:4222",
    rules: [
      { subject: "/chat/:room", rule: { publish: ALLOW, subscribe: ALLOW } },
      { subject: "/jobs", rule: { publish: ALLOW, subscribe: ALLOW } },
      { subject: "/news", rule: { publish: { rule: "deny" }, subscribe: { rule: "authenticated" } } },
      { subject: "/", rule: { publish: ALLOW } },
    ],
  },
};

let cloud: SpaceCloud;
const running: RunningCommand[] = [];

beforeAll(async () => {
  cloud = await startSpaceCloud(MODULES);
});
afterAll(() => cloud?.[Symbol.asyncDispose]());
afterEach(async () => {
  await Promise.all(running.splice(0).map((peer) => peer.stop("SIGTERM")));
});

/** Subscribes, in a program of its own, and waits until the gateway has said what it thinks of each subject. */
async function subscribe(
  subjects: readonly string[],
  { queue = "", ...options }: PeerOptions & { readonly queue?: string },
): Promise<RunningCommand> {
  const peer = startPeer(cloud, "subscriber", { ...options, args: [queue, ...subjects] });
  running.push(peer);
  for (const subject of subjects) await peer.until((output) => output.includes(`pubsub-subscribe ${subject} `));
  return peer;
}

function publish(
  options: PeerOptions,
  ...messages: readonly (readonly [subject: string, data: unknown])[]
): Promise<Answer[]> {
  return answersOf(startPeer(cloud, "publisher", { ...options, args: [JSON.stringify(messages)] }));
}

const received = (peer: RunningCommand): string[] =>
  peer
    .output()
    .split("\n")
    .filter((line) => line.startsWith("received "));
const SENT = { status: 200, data: {} };

describe.each(["0.12.1", "0.15.0"] as const)("pubsub with space-api %s", (version) => {
  test("who subscribes to a subject receives it and what is below it, as it was published", async () => {
    const subscriber = await subscribe(["/chat/tea"], { version });
    const data = { text: "hello", of: ["Ada", null, 1.5] };
    expect(await publish({ version }, ["/chat/coffee", 1], ["/chat/tea/green", 2], ["/chat/tea", data])).toEqual([
      SENT,
      SENT,
      SENT,
    ]);
    await subscriber.until(/Ada/);
    expect(received(subscriber)).toEqual([
      expect.stringMatching(/^received \/chat\/tea\/green\/ 2$/),
      expect.stringMatching(/^received \/chat\/tea\/ \{"text":"hello","of":\["Ada",null,1.5\]\}$/),
    ]);
  });

  test("subscribers of a queue share its messages", async () => {
    const both = [
      await subscribe(["/jobs"], { version, queue: "workers" }),
      await subscribe(["/jobs"], { version, queue: "workers" }),
    ];
    const everything = await subscribe(["/jobs"], { version });
    await publish({ version }, ...Array.from({ length: 40 }, (_, job) => ["/jobs", job] as const));
    await everything.until(/ 39\n/);
    const all = (): string[] => both.flatMap(received);
    await Promise.race(both.map((peer) => peer.until(() => all().length >= 40)));
    expect(new Set(all())).toEqual(new Set(received(everything)));
    expect(all()).toHaveLength(40);
    expect(both.map((peer) => received(peer).length > 0)).toEqual([true, true]);
  });

  test("who has unsubscribed receives no more", async () => {
    const subscriber = await subscribe(["/chat/tea", "/chat/coffee"], { version });
    await publish({ version }, ["/chat/tea", "goodbye"]);
    await subscriber.until(/pubsub-unsubscribe \/chat\/tea \{"status":200/);
    await publish({ version }, ["/chat/tea", "not heard"], ["/chat/coffee", "heard"]);
    await subscriber.until(/"heard"/);
    expect(subscriber.output()).not.toContain("not heard");
  });

  test("rules say who may: without a token, with one, and where only that of everything speaks", async () => {
    const refused = await subscribe(["/news", "/elsewhere"], { version });
    expect(refused.output()).toMatch(/pubsub-subscribe \/news \{"status":403,"error":".+"/);
    expect(refused.output()).toMatch(/pubsub-subscribe \/elsewhere \{"status":403/);
    await refused.until(/(?:error .+[^]*){2}/);
    const accepted = await subscribe(["/news"], { version, token: await cloud.token() });
    expect(accepted.output()).toMatch(/pubsub-subscribe \/news \{"status":200/);
    const [denied, open] = await publish({ version }, ["/news", "no"], ["/elsewhere", "no"]);
    expect(denied).toEqual({ status: 403, data: { error: expect.any(String) as string } });
    expect(open).toEqual(SENT);
  });
});
