import { BaseError } from "./base-error.ts";

/** Where a base is in the registry. */
export interface BaseName {
  readonly repository: string;
  /** A tag or digest. */
  readonly reference: string;
}

/** `repository:tag` or `repository@sha256:…`, as the OCI distribution spec 1.1 allows them. */
const NAME =
  /^([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(\w[\w.-]{0,127})|@(sha256:[0-9a-f]{64}))$/;

/** @throws BaseError `not_a_base` for what names none */
export function parseBaseName(name: string): BaseName {
  const [, repository, tag, digest] = NAME.exec(name) ?? [];
  const reference = tag ?? digest;
  if (repository !== undefined && reference !== undefined) return { repository, reference };
  const text = `"${name}" does not name a base; write it like "functions-mesh/base:bun-1" or "functions-mesh/base@sha256:…"`;
  throw new BaseError("not_a_base", text);
}
