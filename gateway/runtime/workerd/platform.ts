/** The least of Cloudflare's platform that the gateway needs. */

/** Durable Objects of one class, by name. */
export interface ObjectNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): ObjectStub;
}

/** A Durable Object, wherever it runs. Belongs to the request that got it. */
export interface ObjectStub {
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** What a Durable Object has of its own. */
export interface ObjectState {
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
  };
  /** Holds requests back until `work` is done. */
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
}

/** What a Worker may do beyond a request's end. */
export interface RequestContext {
  waitUntil(work: Promise<unknown>): void;
}

/** What `wrangler.toml` binds: texts, secrets and the objects. */
export type Bindings = Readonly<Record<string, unknown>>;
