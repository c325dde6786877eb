import { RegistryError, type RegistryErrorCode } from "../registry-error.ts";
import type { WholeAnswer } from "./http.ts";

/** An answer that was not hoped for, in words: `what` is what was being done, `uploading blob "…" of "shop/adder"`. */
export function refusalOf(answer: WholeAnswer, what: string): RegistryError {
  const { status, headers, url } = answer;
  const said = saidBy(answer);
  const lacksRight = headers.get("www-authenticate")?.includes("insufficient_scope") === true;
  const code = lacksRight ? "forbidden" : codeOf(status, said);
  const retryAfterSeconds = secondsOf(headers.get("retry-after"));
  const reason = [String(status), ...said].join(" ");
  const advice = status === 413 ? "raise the limit of the proxy before it" : ADVICE[code];
  return new RegistryError(code, `registry "${url.host}" does not do this: ${what} (${reason}); ${advice}`, {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

const ADVICE: Readonly<Record<RegistryErrorCode, string>> = {
  unavailable: "try again later, or look into its log",
  unauthenticated: 'log in, as with "docker login"',
  forbidden: "give this user the right to do it",
  not_found: "correct the name, or create the repository there",
  rate_limited: "try again later, or log in as a user with a larger quota",
  digest_mismatch: "something between here and there damages what is sent",
  full: "make room there",
  refused: "look into its log or its settings",
  untrusted: "give the certificate of its authority",
};

function codeOf(status: number, said: readonly string[]): RegistryErrorCode {
  const text = said.join(" ");
  if (status === 429 || text.includes("TOOMANYREQUESTS")) return "rate_limited";
  if (status === 507 || /no space left|quota.*exceed|exceed.*quota/i.test(text)) return "full";
  if (text.includes("DIGEST_INVALID") || text.includes("SIZE_INVALID")) return "digest_mismatch";
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 408 || status >= 500) return "unavailable";
  return "refused";
}

const MAX_SAID = 300;

/** Code and message of the first error that the registry tells (distribution spec, "Error Codes"). */
export function saidBy({ bytes }: Pick<WholeAnswer, "bytes">): readonly string[] {
  const text = new TextDecoder().decode(bytes.subarray(0, 64 * 1024));
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: unknown; message?: unknown; detail?: unknown }[] };
    const { code, message, detail } = errors?.[0] ?? {};
    const parts = [code, message, typeof detail === "object" ? JSON.stringify(detail) : detail];
    return parts.filter((part) => typeof part === "string" && part !== "").map((part) => printable(String(part)));
  } catch {
    // A proxy's page, or nothing.
    return text.trim() === "" || text.includes("<") ? [] : [printable(text)];
  }
}

// It is shown in a terminal, which obeys control characters.
function printable(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, " ")
    .slice(0, MAX_SAID)
    .trim();
}

function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
