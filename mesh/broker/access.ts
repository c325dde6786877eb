import type { BrokerAddress } from "./address.ts";

/** What a client shows the broker to be let in. */
export type BrokerCredentials =
  | NonNullable<BrokerAddress["credentials"]>
  /** The seed of an nkey, `SU…`: it signs what the broker asks, and is not sent. */
  | { readonly nkeySeed: string }
  /** The text of a credentials file: a user's JWT and the seed that goes with it. */
  | { readonly creds: string };

/** What it takes to be let in by a broker, besides its URL. */
export interface BrokerAccess {
  /** Credentials in the URL come first. */
  readonly credentials?: BrokerCredentials;
  /** The authorities to trust instead of the usual ones, PEM. */
  readonly ca?: string;
}

/** What is set of the variables; where it names a file, that file's text. */
interface AccessVariables {
  readonly NATS_CREDS?: string;
  readonly NATS_NKEY?: string;
  readonly NATS_CA?: string;
}

/** How a value begins that is the thing itself. Any other names a file, as NATS's own tools have it. */
const FORMS = { NATS_CREDS: /^\s*-----/, NATS_NKEY: /^\s*SU[A-Z2-7]{20,}\s*$/, NATS_CA: /^\s*-----/ } as const;

/**
 * Reads `NATS_CREDS`, `NATS_NKEY` and `NATS_CA`, which hold either the thing itself or the path of its file.
 *
 * @param readText reads a file; without it there are none.
 * @throws TypeError naming the variable that cannot be used, never with its value.
 */
export function brokerAccess(
  env: Readonly<Record<string, string | undefined>>,
  readText?: (path: string) => string,
): BrokerAccess {
  const given: AccessVariables = Object.fromEntries(
    Object.entries(FORMS).flatMap(([name, form]) => {
      const value = env[name];
      if (value === undefined || value === "") return [];
      return [[name, form.test(value) ? value : fileText(name, value, readText)]];
    }),
  );
  const { NATS_CREDS: creds, NATS_NKEY: nkeySeed, NATS_CA: ca } = given;
  if (creds !== undefined && nkeySeed !== undefined) {
    throw new TypeError("NATS_CREDS and NATS_NKEY are both set; keep the one that the broker knows");
  }
  return {
    ...(creds !== undefined && { credentials: { creds } }),
    ...(nkeySeed !== undefined && { credentials: { nkeySeed: nkeySeed.trim() } }),
    ...(ca !== undefined && { ca }),
  };
}

function fileText(name: string, path: string, readText: ((path: string) => string) | undefined): string {
  if (readText === undefined) {
    throw new TypeError(`${name} is not the thing itself, and there are no files here; set it to the text of the file`);
  }
  try {
    return readText(path);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** Shows neither the value nor the error, which quotes it: it may be a secret that was pasted badly. */
function unreadable(name: string, error: unknown): TypeError {
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  return new TypeError(`the file that ${name} names cannot be read${code}`);
}
