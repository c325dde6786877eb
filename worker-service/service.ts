import { checkName } from "../mesh/names.ts";
import type { Context } from "./context.ts";
import { type Bounds, checkedBounds } from "./limiter.ts";

/**
 * A function of a service: gets the caller's params and the call's context, returns the result or a promise of it.
 * `undefined` is "no result", bytes go out as they are, everything else as JSON.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a handler without annotations, as in plain JavaScript, must type-check
export type Handler<Params = any, Result = unknown> = (params: Params, context: Context) => Result;

/** The functions of a service by name. */
export type Functions = Readonly<Record<string, Handler>>;

/** Options of a service. */
export interface ServiceOptions extends Partial<Bounds> {
  /** Semantic version, shown in the mesh. Default `0.0.0`. */
  readonly version?: string;
  readonly description?: string;
}

/** A service before it is started: its name and its functions. */
export interface ServiceDefinition<F extends Functions = Functions> {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly functions: F;
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
export function defineService<F extends Functions>(
  name: string,
  functions: F,
  options: ServiceOptions = {},
): ServiceDefinition<F> {
  const { version = "0.0.0", description = "", concurrency = DEFAULT.concurrency, queue = DEFAULT.queue } = options;
  checked(() => checkName("service", name));
  const names = Object.keys(functions);
  if (names.length === 0) throw new TypeError(`service "${name}" has no functions`);
  for (const key of names) {
    checked(() => checkName("function", key));
    if (typeof functions[key] !== "function") throw new TypeError(`"${name}.${key}" is not a function`);
  }
  if (!SEMVER.test(version)) throw new TypeError(`version "${version}" of service "${name}" is not like "1.2.3"`);
  return Object.freeze({
    name,
    version,
    description,
    functions: Object.freeze({ ...functions }),
    bounds: checkedBounds({ concurrency, queue }),
  });
}

// A bad name here is the programmer's, not a caller's.
function checked(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new TypeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
