import { describe, expect, test } from "vitest";
import { MAX_QUEUES } from "../../../gateway/space-cloud/pubsub/shared-subjects.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { meshForSuite } from "../calling.ts";
import { OK, client, publish, refused, withRules } from "./pubsub-site.ts";

describe.each(brokersUnderTest())("subscriptions in the same words, broker: %s", (kind) => {
  const mesh = meshForSuite({
    kind,
    config: withRules([{ subject: "/chat", publish: "allow", subscribe: "allow" }]),
  });

  test("however many there are, a large message costs the gateway nothing but itself", async () => {
    await using listener = await client(mesh());
    const subscribed = Array.from({ length: 250 }, () => listener.subscribe("/chat"));
    expect(new Set((await Promise.all(subscribed)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(await publish(mesh(), "/chat", "y".repeat(900_000))).toEqual([200, {}]);
    expect((await fetch(`${mesh().url}/readyz`)).status).toBe(200);
  });

  test("one that ends leaves the others, and the last one is followed by a new one", async () => {
    await using first = await client(mesh());
    await using second = await client(mesh());
    await first.subscribe("/chat", { id: "here" });
    await second.subscribe("/chat");
    await first.ask("pubsub-unsubscribe", { id: "here", subject: "/chat" });
    await publish(mesh(), "/chat", 1);
    expect(await second.feed()).toEqual({ subject: "/chat/", data: 1 });
  });

  test("of a queue each message goes to one, in turn", async () => {
    await using first = await client(mesh());
    await using second = await client(mesh());
    for (const each of [first, second]) expect(await each.subscribe("/chat", { queue: "workers" })).toEqual(OK);
    for (const data of [1, 2, 3, 4]) await publish(mesh(), "/chat", data);
    const heard = [await first.feed(), await second.feed(), await first.feed(), await second.feed()];
    expect(heard.map((feed) => (feed as { data: number }).data).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });

  test("queues are counted, and one that ended makes room", async () => {
    await using listener = await client(mesh());
    for (let n = 0; n < MAX_QUEUES; n++) {
      expect(await listener.subscribe("/chat", { queue: `q${n}`, id: `s${n}` })).toEqual(OK);
    }
    expect(await listener.subscribe("/chat", { queue: "more" })).toEqual(refused(500, /queues/));
    expect(await listener.subscribe("/chat", { queue: "q1" })).toEqual(OK);
    await listener.ask("pubsub-unsubscribe", { id: "s0", subject: "/chat" });
    expect(await listener.subscribe("/chat", { queue: "more" })).toEqual(OK);
  });
});
