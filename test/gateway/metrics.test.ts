import { describe, expect, test } from "vitest";
import { shopConfig } from "../support/mesh.ts";
import { call2019, callNative, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";

/** A line of the exposition format: a name, labels in any order, a value. */
const SAMPLE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)$/i;
const LABEL = /([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"/gi;

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads the text format of Prometheus, version 0.0.4, as strictly as its own parser.
 * @throws Error quoting the line that is not valid.
 */
function parseExposition(text: string): Sample[] {
  if (!text.endsWith("\n")) throw new Error("the text does not end with a line end");
  return text.split("\n").flatMap((line) => {
    if (line === "" || /^# (?:HELP|TYPE) [a-z_]+ \S/.test(line)) return [];
    const [, name, labels = "", value = ""] = SAMPLE.exec(line) ?? [];
    const pairs = [...labels.matchAll(LABEL)].map(([, label = "", written = ""]) => [label, written] as const);
    const isWhole = pairs.map(([label, written]) => `${label}="${written}"`).join(",") === labels;
    if (name === undefined || !isWhole || Number.isNaN(Number(value))) throw new Error(`not a sample: ${line}`);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

describe("metrics", () => {
  const config = shopConfig({
    probe: { default: "allow", authed: "authenticated", closed: "deny", away: "allow" },
    slow: { default: "allow" },
  });
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe] });

  async function samples(): Promise<Sample[]> {
    const response = await fetch(`${mesh().url}/metrics`);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/plain; version=0\.0\.4/);
    return parseExposition(await response.text());
  }

  /** Calls of `shop`'s functions so far, by service, function and code. */
  async function calls(): Promise<Record<string, number>> {
    const counters = (await samples()).filter(({ name }) => name === "fmesh_calls_total");
    return Object.fromEntries(
      counters.map(({ labels, value }) => [`${labels["service"]}.${labels["function"]} ${labels["code"]}`, value]),
    );
  }

  test("calls are counted by function and outcome, whichever path they took", async () => {
    for (let index = 0; index < 3; index++) await callNative(mesh(), "probe/echo", { body: "1" });
    await call2019(mesh(), "probe/echo", { body: "{}" });
    await callNative(mesh(), "probe/break");
    await callNative(mesh(), "probe/refuse");
    await callNative(mesh(), "probe/away");
    expect(await calls()).toEqual({
      "probe.echo ok": 4,
      "probe.break function_failed": 1,
      "probe.refuse function_failed": 1,
      "probe.away worker_unavailable": 1,
    });
  });

  test("requests are timed by route and status, with buckets that add up", async () => {
    const before = await samples();
    await callNative(mesh(), "probe/echo", { body: "1" });
    const after = await samples();
    const route = "/v1/call/:project/:service/:function";
    const value = (from: Sample[], name: string, le?: string): number =>
      from.find(
        (sample) =>
          sample.name === name &&
          sample.labels["http_route"] === route &&
          sample.labels["http_response_status_code"] === "200" &&
          sample.labels["le"] === le,
      )?.value ?? 0;
    const count = "http_server_request_duration_seconds_count";
    const bucket = "http_server_request_duration_seconds_bucket";
    expect(value(after, count) - value(before, count)).toBe(1);
    expect(value(after, bucket, "+Inf")).toBe(value(after, count));
    expect(value(after, "http_server_request_duration_seconds_sum")).toBeGreaterThan(0);
  });

  test("strangers add no label, however many names they make up", async () => {
    const labelSets = async (): Promise<string[]> =>
      (await samples()).map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`).sort();
    const token = await mesh().token();
    const strangeCalls = (index: number): Promise<Response>[] => [
      callNative(mesh(), `probe/made-up-${index}`, { body: "1" }),
      callNative(mesh(), `probe/authed`, { body: "1" }),
      callNative(mesh(), `made-up-${index}/echo`, { body: "1", token }),
      call2019(mesh(), `probe/made-up-${index}`, { body: "{" }),
      // No time to find out that nobody is there.
      callNative(mesh(), `slow/made-up-${index}`, { body: "1", headers: { "X-Request-Timeout": "0.001" } }),
      fetch(`${mesh().url}/v1/call/made-up-${index}/probe/echo`, { method: "POST" }),
      fetch(`${mesh().url}/v1/call/shop/probe/made.up.${index}`, { method: "POST" }),
      fetch(`${mesh().url}/made-up-${index}`),
    ];
    await Promise.all(strangeCalls(0));
    const before = await labelSets();
    expect(before.join("\n")).not.toContain("made");
    for (let index = 1; index < 200; index++) {
      for (const response of await Promise.all(strangeCalls(index))) await response.arrayBuffer();
    }
    // The slow calls may end either way: 404 when the answer was quicker, else 504.
    const added = (await labelSets()).filter((set) => !before.includes(set) && !/"(?:404|504)"/.test(set));
    expect(added).toEqual([]);
    expect((await labelSets()).join("\n")).not.toContain("made");
  });

  test("they say whether the broker is there", async () => {
    expect(await samples()).toContainEqual({ name: "fmesh_broker_connected", labels: {}, value: 1 });
  });
});

describe("health", () => {
  const mesh = meshForSuite({ kind: "embedded", config: shopConfig({}) });

  test.each(["/livez", "/readyz", "/healthz"])("%s answers, to whoever asks", async (path) => {
    const response = await fetch(mesh().url + path);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "ok" });
    expect((await fetch(mesh().url + path, { method: "HEAD" })).status).toBe(200);
  });
});
