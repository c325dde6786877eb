import { EVENTS_TYPE } from "../../client/http/events.ts";
import type { ProjectConfig } from "../../gateway/config.ts";
import { mediaType } from "../../mesh/payload.ts";
import { Failure } from "../failure.ts";
import {
  type GatewayAccess,
  type GatewayOptions,
  accessGateway,
  problemText,
  readable,
  send,
} from "../gateway-access.ts";

/** A request to the functions API. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  /** The entity tag of the state that a change is based on. */
  readonly ifMatch?: string | undefined;
}

/** Fields of a query; those that are not known are left out. */
type Query = Readonly<Record<string, string | undefined>>;

/** An answer of the API that is none of the good ones. */
export class Refusal extends Failure {
  readonly status: number;

  constructor(status: number, text: string) {
    super(problemText(status, text));
    this.status = status;
  }
}

/** A document and its entity tag. */
export interface Tagged<Item> {
  readonly item: Item;
  readonly tag: string | undefined;
}

/** A part of a listing, and the cursor of what comes after it. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** The functions API of a project, as any HTTP client uses it. */
export class ApiClient {
  /** As the configuration here describes it. */
  readonly project: ProjectConfig;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor({ url, project, headers }: GatewayAccess) {
    this.project = project;
    this.#url = url;
    this.#headers = { ...headers, "X-Fmesh-Project": project.id };
  }

  /** @throws Failure when no mesh runs, or the project cannot be told. */
  static async open(options: GatewayOptions): Promise<ApiClient> {
    return new ApiClient(await accessGateway(options));
  }

  /**
   * Sends a request and reads the document that answers it; what it holds is trusted to be what the API describes.
   * @throws Failure with what the gateway or the API says when it is refused.
   */
  async request<Item>(path: string, request: ApiRequest = {}): Promise<Tagged<Item>> {
    const { response, text } = await this.#send(path, request);
    return { item: readable(text) as Item, tag: response.headers.get("ETag") ?? undefined };
  }

  /**
   * One thing that a list shows.
   * @param thing as people call it: `job "…"`.
   * @param list the command that shows them all.
   * @throws Failure as `request`, and in these words when there is none.
   */
  async one<Item>(path: string, { thing, list }: { readonly thing: string; readonly list: string }): Promise<Item> {
    try {
      return (await this.request<Item>(path)).item;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      throw new Failure(`there is no ${thing}; \`${list}\` shows those there are`, { cause: error });
    }
  }

  /** A page of a listing. @throws Failure as `request`. */
  async page<Item>(path: string, query: Query): Promise<Listed<Item>> {
    const { response, text } = await this.#send(withQuery(path, query), {});
    return { items: readable(text) as Item[], next: nextCursor(response.headers.get("Link"), this.#url) };
  }

  /**
   * Begins to follow what happens, as server-sent events.
   * @param from.lastEventId the last event that is known; without it they begin now.
   * @throws Failure as `request`, and when the API does not know how.
   */
  async follow(
    path: string,
    query: Query,
    { lastEventId, signal }: { readonly lastEventId: string | undefined; readonly signal: AbortSignal },
  ): Promise<Response> {
    const headers = { Accept: EVENTS_TYPE, ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }) };
    const response = await send(this.#url + withQuery(path, query), {
      headers: { ...this.#headers, ...headers },
      signal,
    });
    if (!response.ok) throw new Refusal(response.status, await response.text());
    if (mediaType(response.headers.get("Content-Type") ?? "") === EVENTS_TYPE) return response;
    await response.body?.cancel();
    throw new Failure("the functions service that runs cannot be followed; bring it up to date");
  }

  /** Everything a listing holds, page by page. @throws Failure as `request`. */
  async *all<Item>(path: string): AsyncGenerator<Item, void> {
    let cursor: string | undefined;
    do {
      const { items, next } = await this.page<Item>(path, { limit: "1000", cursor });
      yield* items;
      cursor = next;
    } while (cursor !== undefined);
  }

  async #send(
    path: string,
    { method = "GET", body, ifMatch }: ApiRequest,
  ): Promise<{ response: Response; text: string }> {
    const response = await send(this.#url + path, {
      method,
      headers: {
        ...this.#headers,
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(ifMatch !== undefined && { "If-Match": ifMatch }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Refusal(response.status, text);
    return { response, text };
  }
}

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** The cursor in the address of the page that a `Link` header names as the next (RFC 8288). */
function nextCursor(link: string | null, base: string): string | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? "") ?? [];
  if (target === undefined) return undefined;
  return new URL(target, base).searchParams.get("cursor") ?? undefined;
}
