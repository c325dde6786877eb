import { checkName } from "../mesh/names.ts";
import type { Context } from "./context.ts";
import { toEndpoint, toHttpEndpoint } from "./endpoint.ts";
import type { Endpoint, FunctionDefinition, Handler } from "./function.ts";
import { type Bounds, checkedBounds } from "./limiter.ts";

/** The functions of a service by name: plain handlers, or handlers with schemas (`fn`). */
export type Functions = Readonly<Record<string, Handler | FunctionDefinition>>;

/** A fetch handler, such as the `fetch` of a Hono app. */
export type FetchHandler = (request: Request, context: Context) => Response | Promise<Response>;

/** Options of a service. */
export interface ServiceOptions extends Partial<Bounds> {
  /** Semantic version, shown in the mesh. Default `0.0.0`. */
  readonly version?: string;
  readonly description?: string;
}

/** A service before it is started: its name and its functions. */
export interface ServiceDefinition<F extends Functions = Functions, Name extends string = string> {
  readonly name: Name;
  readonly version: string;
  readonly description: string;
  /** As they were given: what `typeof service` tells a typed client. */
  readonly functions: F;
  /** As they are served. */
  readonly endpoints: readonly Endpoint[];
  readonly bounds: Bounds;
}

// Enough for handlers that wait on others; one that computes should say less.
const DEFAULT: Bounds = { concurrency: 256, queue: 1024 };

// https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(\+[\da-zA-Z-]+(\.[\da-zA-Z-]+)*)?$/;

/**
 * Checks and freezes a service.
 * @throws TypeError naming what is wrong: a name outside the grammar, no functions, a version that is not semantic,
 *   bounds that are no whole numbers.
 */
export function defineService<const Name extends string, F extends Functions>(
  name: Name,
  functions: F,
  options?: ServiceOptions,
): ServiceDefinition<F, Name>;
/** A fetch handler becomes a service with the one function `fetch`. */
export function defineService<const Name extends string, F extends FetchHandler>(
  name: Name,
  fetch: F,
  options?: ServiceOptions,
): ServiceDefinition<{ readonly fetch: F }, Name>;
export function defineService(
  name: string,
  given: Functions | FetchHandler,
  options: ServiceOptions = {},
): ServiceDefinition {
  const { version = "0.0.0", description = "", concurrency = DEFAULT.concurrency, queue = DEFAULT.queue } = options;
  checked(() => checkName("service", name));
  const functions = typeof given === "function" ? { fetch: given } : { ...given };
  if (!SEMVER.test(version)) throw new TypeError(`version "${version}" of service "${name}" is not like "1.2.3"`);
  return Object.freeze({
    name,
    version,
    description,
    functions: Object.freeze(functions),
    endpoints: typeof given === "function" ? [toHttpEndpoint("fetch", given)] : endpointsOf(name, functions),
    bounds: checkedBounds({ concurrency, queue }),
  });
}

function endpointsOf(service: string, functions: Functions): readonly Endpoint[] {
  const entries = Object.entries(functions);
  if (entries.length === 0) throw new TypeError(`service "${service}" has no functions`);
  return Object.freeze(
    entries.map(([name, of]) => {
      checked(() => checkName("function", name));
      const endpoint = toEndpoint(name, of);
      if (endpoint === undefined) throw new TypeError(`"${service}.${name}" is not a function`);
      return endpoint;
    }),
  );
}

// A bad name here is the programmer's, not a caller's.
function checked(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new TypeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
