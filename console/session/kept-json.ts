/** Reads what this tab kept as JSON. What another release kept, or somebody else, is as good as none. */
export function keptJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
