import type { RequestContext } from "./operation.ts";

/** The caller's `id` claim, or the standard `sub`; `anonymous` where there is neither. */
export function callerId({ claims: { id, sub } }: Pick<RequestContext, "claims">): string {
  const [name = "anonymous"] = [id, sub].filter((claim) => typeof claim === "string" || typeof claim === "number");
  return String(name);
}
