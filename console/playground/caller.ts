/** In whose name is called. */
export type Caller =
  { readonly kind: "me" } | { readonly kind: "anonymous" } | { readonly kind: "claims"; readonly claims: string };

/** Callers that one tries again and again. */
export const PRESETS = [
  { value: "admin", label: "An admin", claims: '{"id":"ann","role":"admin"}' },
  { value: "user", label: "A user", claims: '{"id":"bob","role":"user"}' },
] as const;

/** Reads the caller out of an address. */
export function parseCaller(as: string | undefined): Caller {
  if (as === undefined) return { kind: "me" };
  return as === "anonymous" ? { kind: "anonymous" } : { kind: "claims", claims: as };
}

/** Writes the caller into an address. */
export function writeCaller(caller: Caller): string | undefined {
  return caller.kind === "me" ? undefined : caller.kind === "anonymous" ? "anonymous" : caller.claims;
}

/** Claims as an object; says what is wrong with them. */
export function parseClaims(text: string): { readonly claims: Record<string, unknown> } | { readonly error: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { claims: { ...value } };
    return { error: 'Claims are an object, such as {"role":"admin"}' };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
