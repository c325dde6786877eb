import { RegistryError } from "../registry-error.ts";

/** What `fetch` failed with, in words that say what to do. */
export function connectionError(error: unknown, host: string): unknown {
  if (!(error instanceof Error) || error instanceof RegistryError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  // The original may hold an address with a signature in it.
  const cause = new Error(`${code}: ${error.message}`);
  if (isAboutTrust(code)) {
    const advice = "give the certificate of its authority, or correct its certificate";
    return new RegistryError("untrusted", `the certificate of "${host}" is not trusted (${code}); ${advice}`, {
      cause,
    });
  }
  if (code === "EPROTO") {
    return new RegistryError("refused", `"${host}" does not speak TLS; correct its port, or say "http://"`, { cause });
  }
  const what = WORDS[code] ?? `the connection to "HOST" broke (${code}); try again`;
  return new RegistryError(
    "unavailable",
    what.replace("HOST", () => host),
    { cause },
  );
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at "HOST"; start the registry, or correct its address',
  ENOTFOUND: 'there is no host "HOST"; correct the address of the registry',
};

function isAboutTrust(code: string): boolean {
  return /CERT|LEAF_SIGNATURE|ISSUER|HOSTNAME|ALTNAME/.test(code);
}
