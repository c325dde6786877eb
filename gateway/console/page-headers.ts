/** Stands in the page where the nonce belongs that lets its libraries add styles. */
const NONCE_PLACE = "__CSP_NONCE__";

/** What holds for all that the console is made of: nobody frames it, guesses at it or learns where its reader came from. */
export const FILE_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** The page, and what it may do: run and ask what comes from this very gateway, and nothing else (CSP Level 3). */
export function pageWithPolicy(html: string): { readonly html: string; readonly headers: Record<string, string> } {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    html: html.replaceAll(NONCE_PLACE, nonce),
    // Each page has its own nonce.
    headers: { ...FILE_HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store" },
  };
}
