import * as v from "valibot";
import { RegistryError } from "../registry-error.ts";
import { pageAfter } from "./paging.ts";
import { toRead } from "./scopes.ts";
import type { Transport } from "./transport.ts";

const PageSchema = v.pipe(v.string(), v.parseJson(), v.object({ tags: v.nullish(v.array(v.string())) }));

/** Nobody can want to see more. */
const MAX_TAGS = 100_000;

/** All tags of a repository, page by page; none of one that is not there. */
export async function readTags(
  transport: Transport,
  { path, signal }: { readonly path: string; readonly signal?: AbortSignal | undefined },
): Promise<readonly string[]> {
  const tags: string[] = [];
  let to: string | URL | undefined = `/v2/${path}/tags/list`;
  while (to !== undefined && tags.length < MAX_TAGS) {
    const what = `listing the tags of "${path}"`;
    const answer = await transport.send({
      method: "GET",
      to,
      scopes: [toRead(path)],
      accepts: [200, 404],
      what,
      signal,
    });
    if (answer.status === 404) break;
    const page = v.safeParse(PageSchema, new TextDecoder().decode(answer.bytes));
    if (!page.success) throw new RegistryError("refused", `"${answer.url.host}" answers ${what} with something else`);
    tags.push(...(page.output.tags ?? []));
    to = pageAfter(answer);
  }
  return [...new Set(tags)];
}
