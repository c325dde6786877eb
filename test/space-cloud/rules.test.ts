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

  /** What callers with these claims get, all calls made by one program. */
  async function asked(
    claims: Readonly<Record<string, unknown>> | undefined,
    ...calls: readonly (readonly [func: string, params?: unknown])[]
  ): Promise<Answer[]> {
    const token = claims && (await cloud.token(claims));
    const peer: PeerOptions = { version: "0.12.1", ...(token !== undefined && { token }) };
    return callAll(cloud, peer, ...calls.map(([func, params]) => ["arithmetic", func, params] as const));
  }
  const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);
  const REFUSED = { status: 403, data: { error: expect.any(String) as string } };
  const ADMIN = { id: "u1", role: "admin" };
  const USER = { id: "u1", role: "user" };

  test("authenticated: the function sees the claims of a good token; every other is refused", async () => {
    const [answer] = await asked(ADMIN, ["claims"]);
    expect(answer).toMatchObject({ status: 200, data: { result: ADMIN } });

    const good = { alg: "HS256" };
    const tokens = [
      undefined,
      "garbage",
      token(good, {}, { secret: "another-secret" }),
      token({ alg: "HS512" }, {}, { hash: "sha512" }),
      `${token({ alg: "none" }, {}).split(".").slice(0, 2).join(".")}.`,
      token(good, { exp: 1 }),
      token(good, {}),
    ];
    const calls = tokens.map((each) => ["arithmetic", "claims", null, 5000, each] as const);
    const answers = await callAll(cloud, { version: "0.12.1" }, ...calls);
    const last = answers.pop();
    expect(answers).toEqual(answers.map(() => REFUSED));
    expect(last?.data).toEqual({ result: { id: "u1" } });
  });

  test("match: by the caller's role, by a parameter, by a number", async () => {
    expect(statuses(await asked(ADMIN, ["process"]))).toEqual([200]);
    expect(statuses(await asked(undefined, ["echo", { k: "v" }]))).toEqual([403]);
    const sums = [6, 5, "6"].map((num1) => ["sum", { num1, num2: 1 }] as const);
    const echoes = [{ k: "v" }, { k: "z" }, {}, null].map((params) => ["echo", params] as const);
    const answers = await asked(USER, ["process"], ...sums, ...echoes);
    expect(statuses(answers)).toEqual([403, 200, 403, 403, 200, 403, 403, 403]);
    expect(answers[1]?.data).toEqual({ result: { sum: 7 } });
  });

  test("deny, and what is nested: clauses are rules of any kind", async () => {
    expect(statuses(await asked(ADMIN, ["nothing"], ["twice", {}], ["release"]))).toEqual([403, 200, 403]);
    expect(statuses(await asked(USER, ["twice", { k: "v" }], ["twice", { k: "z" }]))).toEqual([200, 403]);
  });

  test("func: a worker of 2019 decides", async () => {
    const answers = await asked(USER, ["stray", { permitted: true }], ["stray", { permitted: false }]);
    expect(statuses(answers)).toEqual([200, 403]);
  });

  test("what has no rule, and another project, is refused, to a caller without a token, too", async () => {
    expect(await asked(ADMIN, ["hold"])).toEqual([REFUSED]);
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
