import { isName } from "../../mesh/names.ts";

/** Where the mesh is and who calls. */
export interface HttpClientOptions {
  /** The gateway's URL, such as `https://mesh.example.com`; a path in it is kept. */
  readonly url: string;
  readonly project: string;
  /** A JWT, or how to get the one that is good now: asked for with each attempt. Without one, only open functions answer. */
  readonly token?: Token | undefined;
  /** How long a call may take, in milliseconds, unless it says otherwise. Default: what the gateway gives. */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call is sent again that has certainly not run: nobody serves the function at the moment, the worker's queue
   * is full, the gateway cannot be reached. Default 0.
   */
  readonly retries?: number | undefined;
  /** Default: the platform's. */
  readonly fetch?: Fetch | undefined;
}

/** See {@link HttpClientOptions.token}. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

/** As much of `fetch` as the client needs. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Options that are complete. */
export interface HttpTarget {
  /** Where functions are called: `<base>/<service>/<function>`. */
  readonly base: string;
  /** For errors: scheme and host, without anything else. */
  readonly origin: string;
  readonly token: Token | undefined;
  readonly timeoutMs: number | undefined;
  readonly retries: number;
  readonly fetch: Fetch;
}

/** @throws TypeError naming the option that is not valid. */
export function checkedTarget(options: HttpClientOptions): HttpTarget {
  const { url, project, token, timeoutMs, retries = 0, fetch = globalThis.fetch } = options;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
    throw new TypeError("the client's url is not an http(s) URL; give the gateway's, like \"http://127.0.0.1:4122\"");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new TypeError("the client's url holds a user name or password; give a token instead");
  }
  if (typeof project !== "string" || !isName(project)) {
    throw new TypeError(`project ${JSON.stringify(project)} is not valid: use 1 to 64 letters, digits, _ or -`);
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0)) {
    throw new TypeError(`timeoutMs must be a positive number, not ${timeoutMs}`);
  }
  if (!Number.isInteger(retries) || retries < 0) {
    throw new TypeError(`retries must be a whole number of at least 0, not ${retries}`);
  }
  const base = `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}/v1/call/${project}`;
  // Called as a method of something else, the platform's fetch throws in browsers.
  return { base, origin: parsed.origin, token, timeoutMs, retries, fetch: (to, init) => fetch(to, init) };
}
