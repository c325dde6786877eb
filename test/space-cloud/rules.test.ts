import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningCommand } from "../support/fmesh.ts";
import { type Answer, type PeerOptions, callAll, startWorker } from "./peers.ts";
import { SECRET, type SpaceCloud, functionsModule, startSpaceCloud } from "./space-cloud.ts";

const IS_ADMIN = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" };
const IS_V = { rule: "match", type: "string", eval: "==", f1: "args.params.k", f2: "v" };

/** One rule a function, of those that the worker has. */
const RULES = {
  arithmetic: {
    claims: { rule: "authenticated" },
    echo: IS_V,
    sum: { rule: "match", type: "number", eval: ">", f1: "args.params.num1", f2: 5 },
    nothing: { rule: "deny" },
    process: IS_ADMIN,
    twice: { rule: "or", clauses: [IS_ADMIN, { rule: "and", clauses: [IS_V] }] },
    release: { rule: "and", clauses: [{ ...IS_ADMIN, rule: "deny" }] },
    stray: { rule: "func", service: "arithmetic", func: "permit" },
  },
  default: { echo: { rule: "allow" } },
};

describe("rules, as the packages see them", () => {
  let cloud: SpaceCloud;
  let worker: RunningCommand;

  beforeAll(async () => {
    cloud = await startSpaceCloud(functionsModule(RULES), { project: { registration: "token" } });
    worker = await startWorker(cloud, { version: "0.12.1", token: await cloud.token({ id: "worker" }) });
  });
  afterAll(async () => {
    await worker?.stop("SIGTERM");
    await cloud?.[Symbol.asyncDispose]();
  });

  async function call(
    func: string,
    params: unknown,
    { claims, ...options }: Partial<PeerOptions> & { claims?: Record<string, unknown> } = {},
  ): Promise<Answer | undefined> {
    const token = claims === undefined ? options.token : await cloud.token(claims);
    const peer: PeerOptions = { version: "0.12.1", ...options, ...(token !== undefined && { token }) };
    return (await callAll(cloud, peer, ["arithmetic", func, params]))[0];
  }
  const REFUSED = { status: 403, data: { error: expect.any(String) as string } };
  const ADMIN = { claims: { id: "u1", role: "admin" } };
  const USER = { claims: { id: "u1", role: "user" } };

  test("authenticated: the function sees the claims of a good token; every other is refused", async () => {
    expect(await call("claims", null, ADMIN)).toMatchObject({
      status: 200,
      data: { result: { id: "u1", role: "admin" } },
    });
    const good = { alg: "HS256" };
    expect(await call("claims", null, { token: token(good, {}) })).toMatchObject({ status: 200 });
    const bad = [
      undefined,
      "garbage",
      token(good, {}, { secret: "another-secret" }),
      token({ alg: "HS512" }, {}, { hash: "sha512" }),
      `${token({ alg: "none" }, {}).split(".").slice(0, 2).join(".")}.`,
      token(good, { exp: 1 }),
    ];
    for (const each of bad) {
      expect(await call("claims", null, each === undefined ? {} : { token: each })).toEqual(REFUSED);
    }
  });

  test("match: by the caller's role, by a parameter, by a number", async () => {
    expect(await call("process", null, ADMIN)).toMatchObject({ status: 200 });
    expect(await call("process", null, USER)).toEqual(REFUSED);
    expect(await call("echo", { k: "v" }, USER)).toMatchObject({ status: 200 });
    for (const params of [{ k: "z" }, {}, null]) expect(await call("echo", params, USER)).toEqual(REFUSED);
    expect(await call("echo", { k: "v" })).toEqual(REFUSED);
    expect(await call("sum", { num1: 6, num2: 1 }, USER)).toMatchObject({ data: { result: { sum: 7 } } });
    for (const num1 of [5, "6"]) expect(await call("sum", { num1, num2: 1 }, USER)).toEqual(REFUSED);
  });

  test("deny, and what is nested: clauses are rules of any kind", async () => {
    expect(await call("nothing", null, ADMIN)).toEqual(REFUSED);
    expect(await call("twice", {}, ADMIN)).toMatchObject({ status: 200 });
    expect(await call("twice", { k: "v" }, USER)).toMatchObject({ status: 200 });
    expect(await call("twice", { k: "z" }, USER)).toEqual(REFUSED);
    expect(await call("release", null, ADMIN)).toEqual(REFUSED);
  });

  test("func: a worker of 2019 decides", async () => {
    expect(await call("stray", { permitted: true }, USER)).toMatchObject({ status: 200 });
    expect(await call("stray", { permitted: false }, USER)).toEqual(REFUSED);
  });

  test("what has no rule, and another project, is refused, to a caller without a token, too", async () => {
    expect(await call("hold", null, ADMIN)).toEqual(REFUSED);
    const [elsewhere] = await callAll(cloud, { version: "0.12.1", project: "their-adder" }, ["other", "echo"]);
    expect(elsewhere).toEqual(REFUSED);
    const [open] = await callAll(cloud, { version: "0.12.1" }, ["other", "echo"]);
    expect(open).toMatchObject({ status: 500, data: { error: expect.stringContaining("other") as string } });
  });
});

/** A token made by hand, as nobody should make them. */
function token(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  { secret = SECRET, hash = "sha256" } = {},
): string {
  const parts = [header, { id: "u1", ...claims }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const text = parts.join(".");
  return `${text}.${createHmac(hash, secret).update(text).digest("base64url")}`;
}
