/**
 * What a typed client knows of a function: a type, never a value. A service's functions carry it so that
 * `typeof service` is all a client needs.
 */
export interface CallableTypes<Params = unknown, Result = unknown, Errors = unknown> {
  /** What the caller sends, before the schema has made anything of it. */
  readonly params: Params;
  /** What the function gives, before JSON has made anything of it; an `AsyncIterable` when it streams. */
  readonly result: Result;
  /** The data of each declared error by its reason. */
  readonly errors: Errors;
}

/** A function whose types were inferred where it was defined. */
export interface Callable<Params = unknown, Result = unknown, Errors = unknown> {
  /** Never set. */
  readonly types?: CallableTypes<Params, Result, Errors>;
}
