import type { Kind, Scope, Signalled } from "../cluster.ts";
import type { KubernetesObject } from "../objects.ts";
import { asPage } from "./kubernetes-object.ts";
import { pathOf, placeText, queryOf, selectorsOf } from "./paths.ts";
import type { Requests } from "./requests.ts";
import type { KubeRequest } from "./send-as.ts";

/** All objects there were at a version. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

const PAGE = 500;
/** A list that is too long to be read before the server forgets its beginning is asked for at once in the end. */
const RESTARTS = 2;

/** Reads all pages of a list, from the beginning again when the server has forgotten where it was. */
export async function listPages<T extends KubernetesObject>(
  requests: Requests,
  { kind, scope, signal, pageSize = PAGE }: { kind: Kind; scope: Scope; pageSize?: number } & Signalled,
): Promise<Listing<T>> {
  for (let restarts = 0; ; restarts++) {
    const items: T[] = [];
    let next = "";
    for (;;) {
      const limit = restarts < RESTARTS ? pageSize : undefined;
      const query = queryOf({ ...selectorsOf(scope), limit, continue: next || undefined });
      const request: KubeRequest = {
        method: "GET",
        path: pathOf(kind, scope) + query,
        verb: "list",
        what: placeText(kind, scope),
        signal,
      };
      const answer = await requests.ask(request);
      if ("refusal" in answer) {
        if (answer.refusal.code === 410 && restarts < RESTARTS) break;
        throw requests.refused(answer.refusal, request);
      }
      const page = asPage(answer.value);
      items.push(...(page.items as T[]));
      if (page.next === "") return { items, resourceVersion: page.resourceVersion };
      next = page.next;
    }
  }
}
