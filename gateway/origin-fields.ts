/**
 * Header fields of a response by which a browser, or a proxy on the way, decides about more than this response: about the whole
 * origin, or the host. All services of a gateway share those with each other and with the console, so none may speak for them.
 * `docs/http-services.md` says of each what it would decide.
 */
export const ORIGIN_FIELDS: readonly string[] = [
  "accept-ch",
  "alt-svc",
  "cache-group-invalidation",
  "clear-site-data",
  "expect-ct",
  "nel",
  "origin-agent-cluster",
  "public-key-pins",
  "public-key-pins-report-only",
  "report-to",
  "sec-session-registration",
  "secure-session-registration",
  "service-worker-allowed",
  "set-login",
  "strict-transport-security",
  "use-as-dictionary",
  "x-accel-redirect",
  "x-sendfile",
];
