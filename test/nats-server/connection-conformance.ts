import { AuthorizationError } from "@nats-io/nats-core";
import { describe, expect, test } from "vitest";
import { type BrokerKind, useNats } from "../support/nats.ts";
import { type Dial, answer } from "./conformance.ts";

/** Who a broker lets in. */
export function authConformance(kind: BrokerKind, dial: Dial): void {
  describe(`authentication by ${kind}`, () => {
    test.for([
      { auth: { token: "s3cret" }, good: { token: "s3cret" }, bad: { token: "s3cres" } },
      {
        auth: { user: "me", password: "s3cret" },
        good: { user: "me", pass: "s3cret" },
        bad: { user: "me", pass: "no" },
      },
    ])("lets $good in, and neither $bad nor a client without credentials", async ({ auth, good, bad }) => {
      const broker = await useNats(kind, { auth });
      try {
        const connection = await dial(broker, good);
        await connection.flush();
        await connection.close();
        for (const refused of [bad, {}]) {
          await expect(dial(broker, { ...refused, reconnect: false })).rejects.toThrow(AuthorizationError);
        }
      } finally {
        await broker.stop();
      }
    });
  });
}

/** What holds for clients that come over the network: they find the broker again. */
export function reconnectConformance(kind: BrokerKind, dial: Dial): void {
  test(`a client finds ${kind} again after a restart on the same ports, with its subscriptions`, async () => {
    const before = await useNats(kind);
    const ports = { tcpPort: Number(new URL(before.tcpUrl).port), wsPort: Number(new URL(before.wsUrl).port) };
    const client = await dial(before, { reconnectTimeWait: 20, maxReconnectAttempts: -1 });
    const statuses = client.status();
    client.subscribe("still.here", { callback: answer(() => "yes") });
    await client.flush();
    await before.stop();
    const after = await useNats(kind, ports);
    try {
      for await (const { type } of statuses) if (type === "reconnect") break;
      await client.flush();
      const other = await dial(after);
      expect((await other.request("still.here")).string()).toBe("yes");
      await other.close();
    } finally {
      await client.close();
      await after.stop();
    }
  });
}
