import { expect, test } from "vitest";
import { flushWithin } from "../../../gateway/space-cloud/pubsub/flush-within.ts";
import { MeshError } from "../../../mesh/errors.ts";

test("a broker that does not answer is not waited for without end", async () => {
  const stalled = { flush: () => new Promise<void>(() => undefined) };
  await expect(flushWithin(stalled, 20)).rejects.toThrow(/the broker has not answered for 20 ms/);
});

test("what the broker says counts", async () => {
  await expect(flushWithin({ flush: () => Promise.resolve() }, 60_000)).resolves.toBeUndefined();
  const away = new MeshError("broker_unavailable", "the broker is away");
  await expect(flushWithin({ flush: () => Promise.reject(away) }, 60_000)).rejects.toBe(away);
});
