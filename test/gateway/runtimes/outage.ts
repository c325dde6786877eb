import { describe, expect, test } from "vitest";
import { call2019, callNative } from "../calling.ts";
import type { RuntimeUnderTest } from "./start-runtime.ts";

/** What every platform does while the broker is away. Its tests come last: they take the broker away from the others. */
export function outageBehaviour(gateway: () => RuntimeUnderTest): void {
  describe("a broker that goes away", () => {
    test("is told at once, and calls come through again when it is back", async () => {
      for (const round of [1, 2]) {
        expect((await callNative(gateway(), "probe/echo", { body: "1" })).status).toBe(200);
        await gateway().stopBroker();
        const native = await callNative(gateway(), "probe/echo", { body: "1" });
        expect([native.status, native.headers.get("Retry-After")]).toEqual([503, "1"]);
        expect(await native.json()).toMatchObject({ code: "broker_unavailable" });
        expect((await call2019(gateway(), "probe/echo", { body: "{}" })).status).toBe(500);
        expect((await fetch(`${gateway().url}/livez`)).status).toBe(200);
        await gateway().startBroker();
        const back = await callNative(gateway(), "probe/echo", { body: String(round) });
        expect(await back.json()).toBe(round);
      }
    });
  });
}
