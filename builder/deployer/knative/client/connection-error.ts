import { DeployError } from "../../deploy-error.ts";

/** Why no connection came about, in words that say what to do. */
export function connectionError(error: unknown, { host, origin }: { host: string; origin: string }): unknown {
  if (!(error instanceof Error) || error instanceof DeployError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  // Whatever else there is, is no connection's.
  if (code === error.name && !/^(?:Abort|Timeout)Error$/.test(code)) return error;
  // The original may hold the address of a proxy with its password.
  const cause = new Error(code);
  const told = (text: string): DeployError => new DeployError("unreachable", text, { cause });
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const advice = `correct the server of ${origin}, or give it a "tls-server-name"`;
    return told(`the certificate of the cluster "${host}" is for another name; ${advice}`);
  }
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(code)) {
    return told(`the certificate of the cluster "${host}" is not valid now (${code}); renew it, or correct the clock`);
  }
  if (/CERT|LEAF_SIGNATURE|ISSUER/.test(code)) {
    const advice = `correct the "certificate-authority-data" of ${origin}`;
    return told(`the certificate of the cluster "${host}" is not trusted (${code}); ${advice}`);
  }
  return told(
    WORDS[code]?.replace("HOST", () => host) ?? `the connection to the cluster "${host}" broke (${code}); try again`,
  );
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the cluster "HOST" does not answer: nobody listens there; start it, or correct its address',
  ConnectionRefused: 'the cluster "HOST" does not answer: nobody listens there; start it, or correct its address',
  ENOTFOUND: 'the cluster "HOST" does not answer: there is no such host; correct its address, or join its network',
  EPROTO: 'the cluster "HOST" does not speak TLS as we do; correct its address, or the client certificate',
};
