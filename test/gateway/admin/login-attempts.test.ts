import { expect, test } from "vitest";
import { AdminAuth } from "../../../gateway/admin/admin-auth.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { silentLog } from "../../../mesh/log.ts";
import { administered } from "./administered.ts";

const USERS = [
  { user: "ada", pass: "of ada", role: "admin" },
  { user: "grace", pass: "of grace", role: "viewer" },
] as const;

/** Administrators with a clock that the test turns. */
function start() {
  let nowMs = Date.UTC(2026, 0, 1);
  let waiting: { readonly untilMs: number; readonly resolve: () => void }[] = [];
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ untilMs: nowMs + ms, resolve });
    });
  const auth = new AdminAuth({ users: USERS }, { log: silentLog, now: () => nowMs, pause });
  return {
    login: (user: string, pass: string): Promise<string> =>
      auth.login(user, pass).then(
        () => "good",
        (error: unknown) => {
          if (!(error instanceof MeshError)) throw error;
          const { code, retryAfterSeconds } = error;
          return retryAfterSeconds === undefined ? code : `${code}, again after ${retryAfterSeconds}`;
        },
      ),
    /** Resolves when so many attempts wait for their turn. */
    queued: (count: number) => expect.poll(() => waiting.length).toBe(count),
    pass: (ms: number): void => {
      nowMs += ms;
      for (const { untilMs, resolve } of waiting) if (untilMs <= nowMs) resolve();
      waiting = waiting.filter(({ untilMs }) => untilMs > nowMs);
    },
  };
}

test.each(["ada", "a name that nobody has"])(
  "after five failures in a row one attempt in a second is looked at, for %s alone",
  async (name) => {
    const { login, queued, pass } = start();
    for (let attempt = 0; attempt < 5; attempt++) expect(await login(name, "?")).toBe("unauthenticated");
    const sixth = login(name, "?");
    await queued(1);
    expect(await login("grace", "of grace")).toBe("good");
    expect(await login("another name that nobody has", "?")).toBe("unauthenticated");
    pass(999);
    await queued(1);
    pass(1);
    expect(await sixth).toBe("unauthenticated");
    pass(1000);
    expect(await login(name, "?")).toBe("unauthenticated");
    void login(name, "?");
    await queued(1);
  },
);

test.each(["ada", "a name that nobody has"])(
  "attempts at the same time are counted one by one, and where two wait, others are sent away: for %s",
  async (name) => {
    const { login, queued, pass } = start();
    const settled: string[] = [];
    const all = Array.from({ length: 20 }, async () => settled.push(await login(name, "?")));
    await queued(2);
    await expect.poll(() => settled.length).toBe(18);
    expect(settled.filter((code) => code === "unauthenticated")).toHaveLength(5);
    expect(settled.filter((code) => code === "rate_limited, again after 1")).toHaveLength(13);
    pass(1000);
    await queued(1);
    pass(1000);
    await Promise.all(all);
    expect(settled.slice(18)).toEqual(["unauthenticated", "unauthenticated"]);
  },
);

test("whoever knows the password is not kept out by failures of others: it waits for its turn", async () => {
  const { login, queued, pass } = start();
  for (let attempt = 0; attempt < 5; attempt++) await login("ada", "?");
  for (let round = 0; round < 10; round++) {
    const ofOthers = login("ada", "?");
    await queued(1);
    const right = login("ada", "of ada");
    await queued(2);
    pass(1000);
    await queued(1);
    pass(1000);
    expect([await ofOthers, await right]).toEqual(["unauthenticated", "good"]);
    // The next failure of others comes at once again.
    expect(await login("ada", "?")).toBe("unauthenticated");
  }
});

test("a login that succeeds forgives others nothing", async () => {
  const { login, queued, pass } = start();
  for (let attempt = 0; attempt < 5; attempt++) await login("ada", "?");
  pass(1000);
  expect(await login("ada", "of ada")).toBe("good");
  expect(await login("ada", "of ada")).toBe("good");
  expect(await login("ada", "?")).toBe("unauthenticated");
  void login("ada", "?");
  await queued(1);
});

test("of many that log in rightly, one after the other, none waits", async () => {
  const { login } = start();
  for (let attempt = 0; attempt < 50; attempt++) expect(await login("ada", "of ada")).toBe("good");
});

test("at the paths of 2019, too, too many attempts are answered with when to try again", async () => {
  const gateway = await administered();
  const body = { user: "nobody", pass: "?" };
  const login = () => gateway.ask("POST", "/v1/api/config/login", { body });
  const answers = await Promise.all(Array.from({ length: 20 }, login));
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(0);
  expect(limited[0]?.headers.get("Retry-After")).toBe("1");
});
