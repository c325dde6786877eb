import * as v from "valibot";
import type { Page, PageRequest } from "../store.ts";

/** What every listing may be asked for. */
export const pageQuery = {
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, "use a whole number from 1 to 1000"),
      v.transform(Number),
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(1000),
      v.description("The most to be listed at once."),
    ),
  ),
  cursor: v.optional(
    v.pipe(v.string(), v.minLength(1), v.maxLength(1000), v.description("From the `Link` of the page before.")),
  ),
};

/** The header of {@link pageResponse}, for the document. */
export const PAGE_HEADERS = { Link: 'Where there is more: the next page, with `rel="next"` (RFC 8288).' };

interface GivenPage {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** @param whenNotSaid the limit of those who name none. */
export function toPageRequest({ limit, cursor }: GivenPage, whenNotSaid: number): PageRequest {
  return { limit: limit ?? whenNotSaid, cursor };
}

/** A bare array; the way to what comes after it stands in `Link`. */
export function pageResponse<Item>({ items, next }: Page<Item>, url: URL): Response {
  if (next === undefined) return Response.json(items);
  const query = new URLSearchParams(url.searchParams);
  query.set("cursor", next);
  return Response.json(items, { headers: { Link: `<${url.pathname}?${query}>; rel="next"` } });
}
