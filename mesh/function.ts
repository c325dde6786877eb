import * as v from "valibot";
import { HOUSE_SERVICES, NAME } from "./names.ts";
import { CPU, MEMORY, memoryBytes, processors } from "./quantity.ts";

/** The largest handler source, in characters. */
export const MAX_HANDLER = 1_048_576;

/** Languages that a function may be written in. */
export const FUNCTION_TEMPLATES = ["typescript", "javascript", "python"] as const;

/** What may run a function. */
export const FUNCTION_RUNTIMES = ["bun", "node", "deno", "python"] as const;

/** What a function may reach beside the mesh. */
export const FUNCTION_NETWORKS = ["none", "full"] as const;

/** A secret and what is meant in it: `stripe/key`. Either is a name of Kubernetes, and of a file. */
export const SECRET_REFERENCE = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/(?!\.$|\.\.)[A-Za-z0-9._-]{1,253}$/;

const label = v.pipe(
  v.string(),
  v.regex(NAME, "use 1 to 64 letters, digits, _ or -"),
  // It becomes a service: one of these would get a share of what the house is asked.
  v.check((name) => !Object.hasOwn(HOUSE_SERVICES, name), "is the name of a service of the mesh itself; use another"),
);

/** The most processes or pods of a version, and the longest that an idle one stays. */
const MOST_INSTANCES = 1000;
const LONGEST_IDLE_SECONDS = 86_400;
/** As little as a runtime starts in. */
const LEAST_MEMORY_BYTES = 32 * 1024 * 1024;

/** How many instances of a version run: between `min` and `max`, by how many calls each is to run at once. */
const scale = v.pipe(
  v.object({
    min: v.optional(whole(0, MOST_INSTANCES), 0),
    max: v.optional(whole(1, MOST_INSTANCES), 10),
    concurrency: v.optional(whole(1, 10_000), 20),
    /** How long one that has nothing to do stays. */
    idleSeconds: v.optional(whole(1, LONGEST_IDLE_SECONDS), 60),
  }),
  v.check(({ min, max }) => min <= max, "min must not be larger than max"),
);

/** What one instance may use: quantities as Kubernetes writes them. */
const resources = v.object({
  memory: v.optional(
    v.pipe(
      v.string(),
      v.regex(MEMORY, 'write memory as "256Mi" or "1Gi"'),
      v.check((quantity) => memoryBytes(quantity) >= LEAST_MEMORY_BYTES, "give it 32Mi at least"),
    ),
    "256Mi",
  ),
  cpu: v.optional(
    v.pipe(
      v.string(),
      v.regex(CPU, 'write processors as "500m" or "2"'),
      v.check((quantity) => processors(quantity) >= 0.01, "give it 10m at least"),
    ),
    "1",
  ),
});

/** A variable as shells and Kubernetes name them; of a secret it is a file, too. */
const variable = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, "name variables by letters, digits and _"),
);

const secretReference = v.pipe(
  v.string(),
  v.regex(SECRET_REFERENCE, 'name a secret and a key of it, like "stripe/api-key"'),
);

/** What a client sends to create or change a stored function; unknown members are ignored. */
export const functionInputSchema = v.object({
  /** Unique per project. */
  label,
  description: v.optional(v.pipe(v.string(), v.maxLength(2000)), ""),
  template: v.optional(v.picklist(FUNCTION_TEMPLATES), "typescript"),
  runtime: v.optional(v.picklist(FUNCTION_RUNTIMES), "bun"),
  /** The source text: `export default function (data, ctx)`, `export function handler(body, query)` or `{ fetch }`. */
  handler: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_HANDLER)),
  env: v.optional(v.record(variable, v.string()), {}),
  /** References to secrets by the name of the variable; never their values. */
  secrets: v.optional(v.record(variable, secretReference), {}),
  /** npm packages by exact version or range. */
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
  timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(600_000)), 10_000),
  scale: v.optional(scale, {}),
  resources: v.optional(resources, {}),
  /** What it may reach beside the mesh. */
  network: v.optional(v.picklist(FUNCTION_NETWORKS), "none"),
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

function whole(least: number, most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}
