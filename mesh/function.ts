import * as v from "valibot";
import { NAME } from "./names.ts";

/** The largest handler source, in characters. */
export const MAX_HANDLER = 1_048_576;

/** Languages that a function may be written in. */
export const FUNCTION_TEMPLATES = ["typescript", "javascript", "python"] as const;

/** What may run a function. */
export const FUNCTION_RUNTIMES = ["bun", "node", "deno", "python"] as const;

const label = v.pipe(v.string(), v.regex(NAME, "use 1 to 64 letters, digits, _ or -"));

/** What a client sends to create or change a stored function; unknown members are ignored. */
export const functionInputSchema = v.object({
  /** Unique per project. */
  label,
  description: v.optional(v.pipe(v.string(), v.maxLength(2000)), ""),
  template: v.optional(v.picklist(FUNCTION_TEMPLATES), "typescript"),
  runtime: v.optional(v.picklist(FUNCTION_RUNTIMES), "bun"),
  /** The source text: `export default function (data, ctx)`, `export function handler(body, query)` or `{ fetch }`. */
  handler: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_HANDLER)),
  env: v.optional(v.record(v.string(), v.string()), {}),
  /** References to secrets by the name of the variable; never their values. */
  secrets: v.optional(v.record(v.string(), v.string()), {}),
  /** npm packages by exact version or range. */
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
  timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(600_000)), 10_000),
});

export type FunctionInput = v.InferOutput<typeof functionInputSchema>;

/** Where a stored function stands on its way into the mesh. */
export const FUNCTION_STATUSES = ["created", "building", "built", "deploying", "deployed", "failed"] as const;

/** Percent of the calls by version; they add up to 100. */
export type Traffic = Readonly<Record<string, number>>;

/** One immutable version of a stored function. */
export interface FunctionVersion extends FunctionInput {
  readonly version: number;
  /** RFC 3339. */
  readonly createdAt: string;
  /** The `id` claim of who made it. */
  readonly createdBy: string;
}

/** A stored function, with its latest version. */
export interface StoredFunction extends FunctionVersion {
  /** UUID. */
  readonly id: string;
  readonly project: string;
  readonly status: (typeof FUNCTION_STATUSES)[number];
  readonly url: string | undefined;
  readonly traffic: Traffic;
  /** RFC 3339; changes with everything that can be seen of the function, and so do ETags. */
  readonly updatedAt: string;
}
