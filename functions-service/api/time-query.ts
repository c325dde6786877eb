import * as v from "valibot";

/** A time in a query. */
export const timeQuery = v.pipe(
  v.string(),
  v.isoTimestamp("use a time like 2026-01-31T12:00:00Z"),
  v.check((text) => !Number.isNaN(Date.parse(text)), "use a time that exists"),
  v.transform((text) => new Date(text).toISOString()),
);
