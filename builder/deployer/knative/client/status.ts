import * as v from "valibot";

const cause = v.object({
  reason: v.optional(v.string()),
  message: v.optional(v.string()),
  field: v.optional(v.string()),
});
const status = v.object({
  code: v.optional(v.number()),
  reason: v.optional(v.string(), ""),
  message: v.optional(v.string(), ""),
  details: v.optional(
    v.object({
      name: v.optional(v.string()),
      kind: v.optional(v.string()),
      causes: v.optional(v.array(cause), []),
    }),
  ),
});

/** What an API server says about a request that it did not do. */
export type Status = v.InferOutput<typeof status>;

const MAX_LENGTH = 2_000;

/** Reads the body of an answer; something in between may have answered in its own words. */
export function parseStatus(text: string): Status {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), status), text);
  if (!parsed.success) return { reason: "", message: "" };
  return { ...parsed.output, message: parsed.output.message.slice(0, MAX_LENGTH) };
}

/** The same, for what stands in an event of a watch. */
export function statusOf(value: unknown): Status {
  const parsed = v.safeParse(status, value);
  return parsed.success ? parsed.output : { reason: "", message: "" };
}
