import { type HttpApi, createHttpApi } from "../api/http-api.ts";
import { ProblemError } from "../api/problem-error.ts";
import { type Session, parseSession } from "./session.ts";

/** Where the session stands. */
export type SessionState =
  | { readonly status: "signing in" }
  /** `turn` counts how often somebody signed in: it stays while the session is renewed. */
  | { readonly status: "signed in"; readonly session: Session; readonly turn: number }
  | { readonly status: "signed out"; readonly because?: "expired" | "refused"; readonly error?: ProblemError };

/** What the store is made of. */
export interface SessionStoreParts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Lives as long as the tab. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly now?: () => number;
}

const KEY = "fmesh.session";

/** Closer to its end than this, a session that could not be renewed is not tried again. */
const LAST_TRY_MS = 10_000;

/** The longest a timer of a browser can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Signs people in and out, remembers it while the tab is open, and renews it when half of its time is over. Subscribable,
 * for `useSyncExternalStore`.
 */
export class SessionStore {
  readonly #storage: SessionStoreParts["storage"];
  readonly #api: HttpApi;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #state: SessionState;
  #turn = 0;
  #end: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;

  constructor({ fetch, storage, now = Date.now }: SessionStoreParts) {
    this.#storage = storage;
    this.#now = now;
    this.#api = createHttpApi({ fetch, token: this.token });
    this.#state = { status: "signed out" };
    const session = parseSession(storage.getItem(KEY), now());
    if (session !== undefined) this.#keep(session);
  }

  readonly getState = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The token to send; `undefined` for nobody. */
  readonly token = (): string | undefined => {
    return this.#state.status === "signed in" ? this.#state.session.token : undefined;
  };

  /** With the code of a one-time link. */
  readonly signInWithCode = (code: string): Promise<void> => this.#signIn("/v1/admin/session", { code });

  /** With a password. */
  readonly signIn = (user: string, pass: string): Promise<void> => this.#signIn("/v1/admin/login", { user, pass });

  /** @param because why, unless the person wanted to. */
  readonly signOut = (because?: "expired" | "refused"): void => {
    if (this.#state.status !== "signed in") return;
    this.#stopTimers();
    this.#storage.removeItem(KEY);
    this.#set({ status: "signed out", ...(because !== undefined && { because }) });
  };

  async #signIn(path: string, by: Readonly<Record<string, string>>): Promise<void> {
    this.#set({ status: "signing in" });
    try {
      const session = await this.#api.post<Session>(path, by);
      this.#turn++;
      this.#keep(session);
    } catch (error) {
      this.#set({ status: "signed out", error: ProblemError.from(error) });
    }
  }

  #keep(session: Session): void {
    this.#storage.setItem(KEY, JSON.stringify(session));
    this.#stopTimers();
    this.#end = after(this.#left(session), () => this.signOut("expired"));
    this.#renewLater(session);
    this.#set({ status: "signed in", session, turn: this.#turn });
  }

  #renewLater(session: Session): void {
    this.#renewal = after(this.#left(session) / 2, () => void this.#renew(session));
  }

  async #renew(session: Session): Promise<void> {
    try {
      const renewed = await this.#api.post<Session>("/v1/admin/session/renew");
      // Somebody may have signed out meanwhile.
      if (this.token() === session.token) this.#keep(renewed);
    } catch (error) {
      if (this.token() !== session.token) return;
      if (!ProblemError.from(error).isTransient) this.signOut("expired");
      else if (this.#left(session) > LAST_TRY_MS) this.#renewLater(session);
    }
  }

  #left({ expiresAt }: Session): number {
    return Date.parse(expiresAt) - this.#now();
  }

  #stopTimers(): void {
    clearTimeout(this.#end);
    clearTimeout(this.#renewal);
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function after(ms: number, run: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
}
