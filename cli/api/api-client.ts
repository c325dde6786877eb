import { Failure } from "../failure.ts";
import { type GatewayOptions, accessGateway, problemText, readable, send } from "../gateway-access.ts";

/** A request to the functions API. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  /** The entity tag of the state that a change is based on. */
  readonly ifMatch?: string | undefined;
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
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
  }

  /** @throws Failure when no mesh runs, or the project cannot be told. */
  static async open(options: GatewayOptions): Promise<ApiClient> {
    const { url, project, headers } = await accessGateway(options);
    return new ApiClient(url, { ...headers, "X-Fmesh-Project": project.id });
  }

  /**
   * Sends a request and reads the document that answers it; what it holds is trusted to be what the API describes.
   * @throws Failure with what the gateway or the API says when it is refused.
   */
  async request<Item>(path: string, request: ApiRequest = {}): Promise<Tagged<Item>> {
    const { response, text } = await this.#send(path, request);
    return { item: readable(text) as Item, tag: response.headers.get("ETag") ?? undefined };
  }

  /** A page of a listing. @throws Failure as `request`. */
  async page<Item>(path: string, query: Readonly<Record<string, string | undefined>>): Promise<Listed<Item>> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const { response, text } = await this.#send(`${path}?${new URLSearchParams(given)}`, {});
    return { items: readable(text) as Item[], next: nextCursor(response.headers.get("Link"), this.#url) };
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
    if (!response.ok) throw new Failure(problemText(response.status, text));
    return { response, text };
  }
}

/** The cursor in the address of the page that a `Link` header names as the next (RFC 8288). */
function nextCursor(link: string | null, base: string): string | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? "") ?? [];
  if (target === undefined) return undefined;
  return new URL(target, base).searchParams.get("cursor") ?? undefined;
}
