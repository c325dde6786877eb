/** Callers that a rule is tried with. `undefined` claims: no token. */
export const CALLERS = [
  { value: "nobody", label: "Nobody", note: "no token", claims: undefined },
  { value: "admin", label: "An admin", note: '{"id":"ann","role":"admin"}', claims: '{"id":"ann","role":"admin"}' },
  { value: "user", label: "A user", note: '{"id":"bob","role":"user"}', claims: '{"id":"bob","role":"user"}' },
  { value: "token", label: "A token that says nothing", note: "{}", claims: "{}" },
] as const;

/** A text as JSON; `empty` for one of spaces alone. Says what is wrong with it. */
export function parseJson(
  text: string,
): { readonly value: unknown; readonly error?: undefined } | { readonly error: string } {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Claims as an object; says what is wrong with them. */
export function parseClaims(text: string): ReturnType<typeof parseJson> {
  const parsed = parseJson(text);
  if (parsed.error !== undefined) return parsed;
  const { value } = parsed;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? parsed : { error: 'Claims are an object, such as {"role":"admin"}' };
}
