import * as v from "valibot";
import { ALGORITHMS } from "./algorithms.ts";

const DAY_MS = 86_400_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

// Every check brings its own text: the library's texts quote the value, which may be a secret.
const text = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"));
const secret = v.pipe(
  text,
  v.check((value) => !value.trimStart().startsWith("-----BEGIN "), "is a PEM key; list it under keys"),
);
const url = v.pipe(text, v.check(isSafeUrl, "must be an https URL without user and password; http only for localhost"));
const algorithms = v.pipe(
  v.array(v.picklist(ALGORITHMS, `must be one of ${ALGORITHMS.join(", ")}`), "must be a list"),
  v.nonEmpty("must not be empty"),
);
const texts = v.union(
  [
    v.array(text),
    v.pipe(
      text,
      v.transform((one) => [one]),
    ),
  ],
  "must be a text or a list of texts, none of them empty",
);
const leeway = v.pipe(
  v.number("must be a number"),
  v.check((seconds) => seconds >= 0 && seconds <= 60, "must be from 0 to 60"),
);

/** The form of the options, with every default filled in. What belongs together is checked elsewhere. */
export const OptionsSchema = v.strictObject(
  {
    secrets: v.optional(v.array(secret, "must be a list"), []),
    keys: v.optional(v.array(v.unknown(), "must be a list"), []),
    jwks: v.optional(
      v.strictObject(
        {
          url,
          cacheMs: v.optional(whole(1, DAY_MS), 600_000),
          cooldownMs: v.optional(whole(1, DAY_MS), 30_000),
          timeoutMs: v.optional(whole(1, 60_000), 5_000),
        },
        strict,
      ),
    ),
    algorithms: v.optional(algorithms),
    issuer: v.optional(texts, []),
    audience: v.optional(texts, []),
    leewaySeconds: v.optional(leeway, 0),
    maxTokenBytes: v.optional(whole(1, 1_048_576), 8192),
    cache: v.optional(v.strictObject({ maxEntries: v.optional(whole(0, 1_000_000), 10_000) }, strict), {}),
  },
  strict,
);

function strict({ expected }: { readonly expected: string | null }): string {
  if (expected === "never") return "is not a known option";
  return expected === "Object" ? "must be an object" : "is missing";
}

function whole(least: number, most: number) {
  return v.pipe(
    v.number("must be a number"),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `must be a whole number from ${least} to ${most}`,
    ),
  );
}

/** Keys that travel in the clear could be swapped on the way. */
function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
}
