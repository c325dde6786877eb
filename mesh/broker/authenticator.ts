import { type Authenticator, type ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from "@nats-io/nats-core";
import type { BrokerCredentials } from "./access.ts";

const encoder = new TextEncoder();

/**
 * Credentials as nats-core takes them.
 * @throws TypeError for a seed or a credentials file that is none; the text never holds it.
 */
export function authOptions(credentials: BrokerCredentials | undefined): Partial<ConnectionOptions> {
  if (credentials === undefined || "token" in credentials || "user" in credentials) return credentials ?? {};
  if ("nkeySeed" in credentials) {
    const authenticator = nkeyAuthenticator(encoder.encode(credentials.nkeySeed));
    return { authenticator: checked(authenticator, 'the nkey is no seed of a user; it begins with "SU"') };
  }
  // nats-core wants its lines to end in \n, the last one, too: editors and variables see to neither.
  const text = `${credentials.creds.replaceAll("\r\n", "\n")}\n`;
  const problem = "the credentials are no credentials file; it holds a user's JWT and a seed between lines of dashes";
  return { authenticator: checked(credsAuthenticator(encoder.encode(text)), problem) };
}

/** What cannot sign would otherwise be told as a broker that is out of reach, and tried for ever. */
function checked(authenticator: Authenticator, problem: string): Authenticator {
  try {
    authenticator("any");
  } catch {
    // The error is left out because it may quote the secret.
    throw new TypeError(problem);
  }
  return authenticator;
}
