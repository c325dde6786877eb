import type { KubeObject } from "./objects.ts";
import { apiVersionOf, type Resource } from "./resources.ts";
import { selectorOf } from "./selectors.ts";
import { expired } from "./status.ts";
import type { Store } from "./store.ts";

/** Answers a list, a page at a time where that is asked for. */
export class Lists {
  readonly #store: Store;
  readonly #pages = new Map<string, { readonly rest: readonly KubeObject[]; readonly version: number }>();
  #count = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** From now on, the lists that were begun cannot be continued. */
  expire(): void {
    this.#pages.clear();
  }

  answer(resource: Resource, namespace: string | undefined, query: URLSearchParams): Response {
    const token = query.get("continue") ?? "";
    const { rest, version } = token === "" ? this.#begin(resource, namespace, query) : this.#go(token);
    const limit = Number(query.get("limit") ?? 0) || rest.length;
    const [items, left] = [rest.slice(0, limit), rest.slice(limit)];
    return Response.json({
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(version), ...(left.length > 0 && this.#keep(left, version)) },
      // The items of a list do not say what they are, but those of custom resources do.
      items: resource.group === "" ? items.map(withoutKind) : items,
    });
  }

  #begin(resource: Resource, namespace: string | undefined, query: URLSearchParams) {
    const rest = this.#store.list(resource, namespace).filter(selectorOf(query));
    return { rest, version: this.#store.version };
  }

  #go(token: string) {
    const page = this.#pages.get(token);
    if (page === undefined)
      throw expired("The provided continue parameter is too old to display a consistent list result.");
    return page;
  }

  #keep(rest: readonly KubeObject[], version: number): object {
    this.#count += 1;
    const token = btoa(`page ${this.#count}`);
    this.#pages.set(token, { rest, version });
    return { continue: token, remainingItemCount: rest.length };
  }
}

function withoutKind({ kind: _kind, apiVersion: _apiVersion, ...rest }: KubeObject): object {
  return rest;
}
