import { describe, expect, test } from "vitest";
import { PROJECT, PROJECT_SECRET, shopConfig, testConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { call2019, callNative, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";

const roleIs = (role: string) => ({ rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: role });
const open = shopConfig({ probe: { default: "allow" } });

describe.each(brokersUnderTest())("a configuration that changes, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: open, services: [probe] });
  const apply = (config: Parameters<typeof testConfig>[0]): void => mesh().gateway.replaceConfig(testConfig(config));
  const statusOf = async (token?: string): Promise<number> =>
    (await callNative(mesh(), "probe/echo", { body: "1", ...(token !== undefined && { token }) })).status;

  test("rules are in force for the next call", async () => {
    const token = await mesh().token({ role: "user" });
    apply(shopConfig({ probe: { echo: roleIs("admin") } }));
    expect(await statusOf(token)).toBe(403);
    apply(shopConfig({ probe: { echo: roleIs("user") } }));
    expect(await statusOf(token)).toBe(200);
    apply(shopConfig({}));
    expect(await statusOf(token)).toBe(403);
    apply(open);
    expect(await statusOf()).toBe(200);
  });

  test("keys are in force for the next call: tokens of a withdrawn secret are refused", async () => {
    const services = { probe: { functions: { echo: { rule: "authenticated" } } } };
    const token = await mesh().token();
    apply({ projects: [{ id: PROJECT, secrets: [PROJECT_SECRET], services }] });
    expect(await statusOf(token)).toBe(200);
    apply({ projects: [{ id: PROJECT, secrets: ["a new secret of at least thirty-two bytes"], services }] });
    expect(await statusOf(token)).toBe(401);
    apply(open);
  });

  test("limits are in force for the next call", async () => {
    apply({ ...open, gateway: { limits: { maxBodyBytes: 3 } } });
    expect((await callNative(mesh(), "probe/echo", { body: "1234" })).status).toBe(413);
    apply(open);
    expect((await callNative(mesh(), "probe/echo", { body: "1234" })).status).toBe(200);
  });

  test("a configuration that cannot be used leaves the one before in force", async () => {
    const broken = { ...open, databases: { main: { kind: "sqlite", path: "no/such/file.sqlite" } } };
    expect(() => apply(broken)).toThrow(/test\.json/);
    expect(await statusOf()).toBe(200);
  });

  test("a call under way when it changes is finished under the rule that let it in", async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
    mesh().workers.subscribe("fn.shop.slow.call", { queue: "q" }, (message) =>
      arrive(() => message.reply({ payload: message.payload, headers: {} })),
    );
    await mesh().workers.flush();
    apply(shopConfig({ slow: { call: "allow" } }));
    const calling = callNative(mesh(), "slow/call", { body: "1" });
    const answer = await arrived;
    apply(shopConfig({}));
    answer();
    expect((await calling).status).toBe(200);
    expect((await callNative(mesh(), "slow/call", { body: "1" })).status).toBe(403);
    apply(open);
  });

  test("fifty changes under load drop none of 2 000 calls", async () => {
    const CALLS = 2_000;
    const CHANGES = 50;
    const token = await mesh().token({ role: "user" });
    const configs = [open, shopConfig({ probe: { echo: roleIs("user") } })].map(testConfig);
    const outcomes = new Map<string, number>();
    let started = 0;
    let changes = 0;

    const caller = async (): Promise<void> => {
      while (started < CALLS) {
        const index = started++;
        if (index % (CALLS / CHANGES) === 0) {
          const next = configs[changes++ % 2];
          if (next !== undefined) mesh().gateway.replaceConfig(next);
        }
        const response =
          index % 2 === 0
            ? await callNative(mesh(), "probe/echo", { body: String(index), token })
            : await call2019(mesh(), "probe/echo", { body: `{"params":${index}}`, token });
        const expected = index % 2 === 0 ? String(index) : `{"result":${index}}`;
        const text = await response.text();
        const outcome = response.status === 200 && text === expected ? "answered" : `${response.status} ${text}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 16 }, caller));
    expect([...outcomes]).toEqual([["answered", CALLS]]);
    expect(changes).toBe(CHANGES);
    apply(open);
  });
});
