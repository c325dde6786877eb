import { expect, test } from "vitest";
import { AdminAuth } from "../../../gateway/admin/admin-auth.ts";
import { signOperatorToken } from "../../../gateway/admin/operators.ts";
import { sessionKeys } from "../../../gateway/admin/session-keys.ts";
import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import type { AdminConfig } from "../../../gateway/config.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { silentLog } from "../../../mesh/log.ts";

const SECRET = "signs the tokens of administrators, in these tests";
const CONFIG: AdminConfig = {
  secret: SECRET,
  users: [
    { user: "ada", pass: "of ada", role: "admin" },
    { user: "grace", pass: "of grace", role: "viewer", projects: ["shop"] },
  ],
};
const START = Date.UTC(2026, 0, 1);

function start(config = CONFIG): { auth: AdminAuth; pass: (ms: number) => void } {
  let nowMs = START;
  const auth = new AdminAuth(config, { log: silentLog, now: () => nowMs });
  return { auth, pass: (ms) => (nowMs += ms) };
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "good",
    (error: unknown) => {
      if (error instanceof MeshError) return error.code;
      throw error;
    },
  );
}

test("a password gets a token that says who somebody is, for half an hour, or half a day where it is not renewed", async () => {
  const { auth, pass } = start();
  expect((await auth.login("grace", "of grace")).expiresAt).toBe("2026-01-01T00:30:00.000Z");
  const session = await auth.login("grace", "of grace", { isRenewed: false });
  expect(session).toMatchObject({ user: "grace", role: "viewer", projects: ["shop"] });
  expect(session.expiresAt).toBe("2026-01-01T12:00:00.000Z");
  expect(await auth.verify(session.token)).toEqual({
    ...{ user: "grace", role: "viewer", projects: ["shop"] },
    expiresAt: session.expiresAt,
  });
  pass(12 * 3_600_000);
  expect(await codeOf(auth.verify(session.token))).toBe("unauthenticated");
});

test("a session is renewed for half a day, by whoever still is an administrator", async () => {
  const { auth, pass } = start();
  let { token, expiresAt } = await auth.login("ada", "of ada");
  for (let renewals = 0; renewals < 28; renewals++) {
    pass(25 * 60_000);
    ({ token, expiresAt } = await auth.renew(token));
  }
  expect(expiresAt).toBe("2026-01-01T12:00:00.000Z");
  pass(20 * 60_000);
  expect(await codeOf(auth.renew(token))).toBe("unauthenticated");

  const { token: other } = await auth.login("ada", "of ada");
  auth.replaceConfig({ ...CONFIG, users: [] });
  expect(await codeOf(auth.renew(other))).toBe("unauthenticated");
});

test("an operator gets a link by a token that only the machine's files sign", async () => {
  const operatorSecret = "in a file that only its owner reads";
  const auth = new AdminAuth(CONFIG, { log: silentLog, now: Date.now, operatorSecret });
  const code = await auth.issueToOperator(await signOperatorToken(operatorSecret));
  expect(await auth.exchange(code)).toMatchObject({ user: "operator", role: "admin" });
  const wrong = [
    undefined,
    await signOperatorToken("another secret, of thirty-two bytes or more"),
    await signDevelopmentToken({ secret: operatorSecret, claims: { role: "admin" }, expiresInSeconds: 60 }),
    (await auth.login("ada", "of ada")).token,
  ];
  for (const token of wrong) expect(await codeOf(auth.issueToOperator(token))).toBe("unauthenticated");
  expect(await codeOf(start().auth.issueToOperator(await signOperatorToken("anything at all")))).toBe(
    "unauthenticated",
  );
});

test("a wrong password and a name that nobody has are told alike", async () => {
  const { auth } = start();
  const texts = await Promise.all(
    [auth.login("ada", "of grace"), auth.login("nobody", "of ada"), auth.login("", "")].map((login) =>
      login.catch((error: unknown) => String(error)),
    ),
  );
  expect(new Set(texts)).toEqual(new Set(["MeshError: user or password is wrong"]));
});

test("a changed configuration is in force for tokens that are out there", async () => {
  const { auth } = start();
  const ada = await auth.login("ada", "of ada");
  const grace = await auth.login("grace", "of grace");
  auth.replaceConfig({ secret: SECRET, users: [{ user: "ada", pass: "of ada", role: "viewer", projects: [] }] });
  expect(await auth.verify(ada.token)).toMatchObject({ role: "viewer", projects: [] });
  expect(await codeOf(auth.verify(grace.token))).toBe("unauthenticated");
  auth.replaceConfig({ ...CONFIG, secret: "another secret, of at least thirty-two bytes" });
  expect(await codeOf(auth.verify(ada.token))).toBe("unauthenticated");
});

test("without a secret of its own each start signs with another one", async () => {
  const { auth } = start({ users: CONFIG.users });
  const { token } = await auth.login("ada", "of ada");
  expect(await codeOf(auth.verify(token))).toBe("good");
  expect(await codeOf(start({ users: CONFIG.users }).auth.verify(token))).toBe("unauthenticated");
});

test("a one-time code stands for somebody once, and for ten minutes", async () => {
  const { auth, pass } = start({ users: [] });
  const who = { user: "console", role: "admin", projects: undefined } as const;
  const code = auth.issue(who);
  expect(code).toMatch(/^[0-9a-f]{32}$/);
  const { token } = await auth.exchange(code);
  expect(await auth.verify(token)).toMatchObject(who);
  expect(await codeOf(auth.exchange(code))).toBe("unauthenticated");
  const late = auth.issue(who);
  pass(600_000);
  expect(await codeOf(auth.exchange(late))).toBe("unauthenticated");
});

test("what a code was issued for bounds its token", async () => {
  const { auth } = start();
  const { token } = await auth.exchange(auth.issue({ user: "guest", role: "viewer", projects: ["shop"] }));
  expect(await auth.verify(token)).toMatchObject({ user: "guest", role: "viewer", projects: ["shop"] });
});

test("a token that somebody else signed, or that never ends, is none of an administrator", async () => {
  const { auth } = start();
  const claims = {
    aud: "functions-mesh/administrators",
    id: "root",
    role: "admin",
    auth_time: START / 1000,
    link: true,
  };
  const { signing } = await sessionKeys(SECRET);
  const good = await signDevelopmentToken({ secret: signing, claims, expiresInSeconds: 60, now: () => START });
  expect(await codeOf(auth.verify(good))).toBe("good");
  const forged = await signDevelopmentToken({ secret: "b".repeat(32), claims, expiresInSeconds: 60, now: () => START });
  expect(await codeOf(auth.verify(forged))).toBe("unauthenticated");
  expect(await codeOf(auth.verify(await signDevelopmentToken({ secret: signing, claims })))).toBe("unauthenticated");
  expect(await codeOf(auth.verify(undefined))).toBe("unauthenticated");
});
