import { type HttpApi, createHttpApi } from "../api/http-api.ts";
import { ProblemError } from "../api/problem-error.ts";
import { type Session, parseSession } from "./session.ts";

/** Where the session stands. */
export type SessionState =
  | { readonly status: "signing in" }
  | { readonly status: "signed in"; readonly session: Session }
  | { readonly status: "signed out"; readonly because?: "expired" | "refused"; readonly error?: ProblemError };

/** What the store is made of. */
export interface SessionStoreParts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Lives as long as the tab. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly now?: () => number;
}

const KEY = "fmesh.session";

/** The longest a timer of a browser can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Signs people in and out, and remembers it while the tab is open. Subscribable, for `useSyncExternalStore`. */
export class SessionStore {
  readonly #storage: SessionStoreParts["storage"];
  readonly #api: HttpApi;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #state: SessionState;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ fetch, storage, now = Date.now }: SessionStoreParts) {
    this.#storage = storage;
    this.#now = now;
    this.#api = createHttpApi({ fetch, token: () => undefined });
    const session = parseSession(storage.getItem(KEY), now());
    this.#state = session === undefined ? { status: "signed out" } : { status: "signed in", session };
    if (session !== undefined) this.#endAt(session.expiresAt);
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
    clearTimeout(this.#timer);
    this.#storage.removeItem(KEY);
    this.#set({ status: "signed out", ...(because !== undefined && { because }) });
  };

  async #signIn(path: string, by: Readonly<Record<string, string>>): Promise<void> {
    this.#set({ status: "signing in" });
    try {
      const session = await this.#api.post<Session>(path, by);
      this.#storage.setItem(KEY, JSON.stringify(session));
      this.#endAt(session.expiresAt);
      this.#set({ status: "signed in", session });
    } catch (error) {
      this.#set({ status: "signed out", error: ProblemError.from(error) });
    }
  }

  #endAt(expiresAt: string): void {
    clearTimeout(this.#timer);
    const ms = Math.min(Date.parse(expiresAt) - this.#now(), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.signOut("expired"), ms);
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
