/** A configuration as it was written. */
export interface ConfigText {
  readonly text: string;
  /** How findings name it; what ends in `json` is JSON. */
  readonly source: string;
}

/** What findings call the configuration that was deployed along. */
export function sourceName(text: string): string {
  return text.trimStart().startsWith("{") ? "FMESH_CONFIG.json" : "FMESH_CONFIG";
}

/** What tells one text from another. */
export async function configTag({ text }: ConfigText): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest).subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
