import * as v from "valibot";
import type { AuthDeps } from "./options.ts";

const MAX_BYTES = 1_048_576;
const MAX_REDIRECTS = 3;

const KeySet = v.looseObject({ keys: v.array(v.unknown()) });

/**
 * Fetches a JSON Web Key Set (RFC 7517, section 5): at most 1 MiB, and from one origin.
 * @returns its keys, unchecked.
 * @throws Error saying what went wrong.
 */
export async function downloadJwks(url: string, fetch: AuthDeps["fetch"], signal: AbortSignal): Promise<unknown[]> {
  const response = await follow(url, fetch, signal);
  const text = await boundedText(response);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error("the key set is not JSON", { cause: error });
  }
  const parsed = v.safeParse(KeySet, value);
  if (!parsed.success) throw new Error('the key set has no list "keys"');
  return parsed.output.keys;
}

/** Follows redirects by hand: whoever answers for another origin is not the one whose keys were asked for. */
async function follow(url: string, fetch: AuthDeps["fetch"], signal: AbortSignal): Promise<Response> {
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await fetch(at, {
      headers: { accept: "application/jwk-set+json, application/json" },
      redirect: "manual",
      signal,
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      throw new Error(`the key set's server answered with status ${response.status}`);
    }
    const next = new URL(location, at);
    if (next.origin !== new URL(url).origin) {
      throw new Error(`the key set's server redirects to another origin, "${next.origin}"; configure that URL`);
    }
    at = next.href;
  }
  throw new Error(`the key set's server redirects more than ${MAX_REDIRECTS} times`);
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the key set is larger than ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
