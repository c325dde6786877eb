import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { takeOneTimeCode } from "../../console/session/one-time-code.ts";
import { may } from "../../console/session/session.ts";
import { SessionStore } from "../../console/session/session-store.ts";

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const session = (role: "admin" | "viewer" = "admin") => ({ token: "t0k3n", expiresAt: inAnHour(), user: "ada", role });

function memory(held: Record<string, string> = {}) {
  return {
    held,
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, value: string) => void (held[key] = value),
    removeItem: (key: string) => void delete held[key],
  };
}

const answering =
  (answer: () => Response, asked: [string, string][] = []) =>
  (url: string, init: RequestInit): Promise<Response> => {
    asked.push([url, typeof init.body === "string" ? init.body : ""]);
    return Promise.resolve(answer());
  };

describe("a session", () => {
  test("begins with the code of a one-time link, and lasts while the tab is open", async () => {
    const storage = memory();
    const asked: [string, string][] = [];
    const store = new SessionStore({ fetch: answering(() => Response.json(session()), asked), storage });
    expect(store.getState()).toEqual({ status: "signed out" });
    await store.signInWithCode("c0d3");
    expect(asked).toEqual([["/v1/admin/session", '{"code":"c0d3"}']]);
    expect(store.token()).toBe("t0k3n");

    const reloaded = new SessionStore({ fetch: answering(() => Response.error()), storage });
    expect(reloaded.getState()).toMatchObject({ status: "signed in", session: { user: "ada" } });
    store.signOut();
    reloaded.signOut();
  });

  test("tells why nobody could be signed in", async () => {
    const refused = () =>
      Response.json(
        { detail: "the password is wrong", code: "unauthenticated" },
        {
          status: 401,
          headers: { "Content-Type": "application/problem+json" },
        },
      );
    const store = new SessionStore({ fetch: answering(refused), storage: memory() });
    await store.signIn("ada", "wrong");
    const state = store.getState();
    expect(state.status === "signed out" && state.error?.message).toBe("the password is wrong");
  });

  test("leaves nothing behind when it is over", async () => {
    const storage = memory();
    const store = new SessionStore({ fetch: answering(() => Response.json(session())), storage });
    await store.signIn("ada", "secret");
    const seen: string[] = [];
    store.subscribe(() => seen.push(store.getState().status));
    store.signOut("refused");
    expect(storage.held).toEqual({});
    expect(store.token()).toBeUndefined();
    expect(seen).toEqual(["signed out"]);
  });

  describe("as time goes by", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    const kept = () => memory({ "fmesh.session": JSON.stringify(session()) });
    const HALF_AN_HOUR = 1_800_000;

    test("is renewed when half of it is over, which nobody notices", async () => {
      const asked: [string, string][] = [];
      const renewed = () => Response.json({ ...session(), token: "n3w" });
      const store = new SessionStore({ fetch: answering(renewed, asked), storage: kept() });
      const before = store.getState();
      await vi.advanceTimersByTimeAsync(HALF_AN_HOUR);
      expect(asked.map(([url]) => url)).toEqual(["/v1/admin/session/renew"]);
      expect(store.getState()).toEqual({ ...before, session: { ...session(), token: "n3w" } });
      await vi.advanceTimersByTimeAsync(HALF_AN_HOUR);
      expect(store.getState().status).toBe("signed in");
      store.signOut();
    });

    test("is tried to be renewed again while the gateway is away, until its time is over", async () => {
      const asked: [string, string][] = [];
      const away = () => new Response("", { status: 503 });
      const store = new SessionStore({ fetch: answering(away, asked), storage: kept() });
      await vi.advanceTimersByTimeAsync(2 * HALF_AN_HOUR - 1000);
      expect(store.getState().status).toBe("signed in");
      expect(asked.length).toBeGreaterThan(3);
      await vi.advanceTimersByTimeAsync(1000);
      expect(store.getState()).toEqual({ status: "signed out", because: "expired" });
    });

    test("ends when the gateway does not renew it", async () => {
      const refused = () => new Response("", { status: 401 });
      const store = new SessionStore({ fetch: answering(refused), storage: kept() });
      await vi.advanceTimersByTimeAsync(HALF_AN_HOUR);
      expect(store.getState()).toEqual({ status: "signed out", because: "expired" });
    });
  });

  test.each([
    ["is over", { ...session(), expiresAt: "2020-01-01T00:00:00Z" }],
    ["has no token", { ...session(), token: undefined }],
    ["has a role that is not known", { ...session(), role: "owner" }],
    ["is something else", "text"],
  ])("that was kept and %s counts for nothing", (_, kept) => {
    const storage = memory({ "fmesh.session": JSON.stringify(kept) });
    expect(new SessionStore({ fetch: answering(() => Response.error()), storage }).getState().status).toBe(
      "signed out",
    );
  });

  test("lets administrators change things, and viewers look", () => {
    expect(may(session("admin"), "change")).toBe(true);
    expect(may(session("viewer"), "change")).toBe(false);
  });
});

describe("the code of a one-time link", () => {
  const bar = (hash: string) => {
    const shown: string[] = [];
    return {
      shown,
      location: { hash, pathname: "/console/mesh", search: "?q=1" },
      history: {
        state: null,
        replaceState: (_: unknown, __: string, url?: string | URL | null) => void shown.push(String(url)),
      },
    };
  };

  test("is taken out of the address at once", () => {
    const address = bar("#code=c0d3");
    expect(takeOneTimeCode(address)).toBe("c0d3");
    expect(address.shown).toEqual(["/console/mesh?q=1"]);
  });

  test("is not looked for in other fragments", () => {
    const address = bar("#content");
    expect(takeOneTimeCode(address)).toBeUndefined();
    expect(address.shown).toEqual([]);
  });
});
