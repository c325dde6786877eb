import { describe, expect, test } from "vitest";
import { ask } from "../space-cloud-paths.ts";
import { ORIGIN } from "./site.ts";
import type { RuntimeUnderTest } from "./start-runtime.ts";

const WORDS = ["shop/functions", "shop/services", "functions", "faas"];

/** What every platform is to clients of 2019. */
export function spaceCloudBehaviour(gateway: () => RuntimeUnderTest): void {
  const call = (path: string, body?: string) =>
    ask(`${gateway().url}/v1/api/${path}`, body === undefined ? {} : { body });

  describe("the paths of 2019", () => {
    test.each(WORDS)("functions are called at %s, whatever the body says that it is", async (word) => {
      const data = word === "shop/services" ? { n: 1 } : { result: { n: 1 } };
      expect(await call(`${word}/probe/echo`, '{"timeout":5000,"params":{"n":1}}')).toEqual({ status: 200, data });
      expect(await call(`${word}/%70robe/nothing`)).toMatchObject({ status: 200 });
    });

    test.each(WORDS)("whatever goes wrong at %s is said in JSON", async (word) => {
      for (const [status, name, body] of [
        [400, "probe/echo", "no JSON"],
        [400, "pro.be/echo", "{}"],
        [400, "probe%/%zz", "{}"],
        [403, "vault/signed", "{}"],
        [500, "probe/break", "{}"],
        [500, "away/now", "{}"],
        [500, "probe/never", '{"timeout":0.1}'],
        [404, "probe/echo/more", "{}"],
      ] as const) {
        const answer = await call(`${word}/${name}`, body);
        expect({ name, ...answer }).toEqual({ name, status, data: { error: expect.stringMatching(/./) } });
      }
      const get = await ask(`${gateway().url}/v1/api/${word}/probe/echo`, { method: "GET" });
      expect(get).toEqual({ status: 405, data: { error: expect.stringContaining("POST") } });
    });

    test("eventing is not enabled", async () => {
      for (const path of ["shop/eventing/queue", "shop/event-triggers/queue"]) {
        expect(await call(path, "{}")).toEqual({ status: 404, data: { error: "This feature isn't enabled" } });
      }
    });

    test("pages are let through with 200", async () => {
      const { status, headers } = await fetch(`${gateway().url}/v1/api/functions/probe/echo`, {
        method: "OPTIONS",
        headers: { Origin: ORIGIN, "Access-Control-Request-Method": "POST" },
      });
      expect([status, headers.get("Access-Control-Allow-Credentials")]).toEqual([200, "true"]);
    });
  });
}
