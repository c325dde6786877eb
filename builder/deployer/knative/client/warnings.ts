/** What an API server advises along with an answer: `299 - "text"`, any number of times (RFC 7234, 5.5). */
export function warningsOf(headers: Headers): string[] {
  const text = headers.get("warning") ?? "";
  return [...text.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = ""]) => quoted.replace(/\\(.)/g, "$1"));
}
