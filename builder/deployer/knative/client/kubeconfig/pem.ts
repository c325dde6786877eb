import { createPrivateKey, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import { DeployError, type DeployErrorCode } from "../../../deploy-error.ts";
import { type Found, isGiven } from "./merged.ts";
import type { ClusterEntry } from "./schema.ts";
import { readNeeded } from "./read-file.ts";

/** Where PEM stands: in the entry itself, in base64, or in a file. */
export interface PemSource {
  readonly data: string | null | undefined;
  readonly file: string | null | undefined;
  /** For errors: `the client certificate`. */
  readonly what: string;
  readonly code: DeployErrorCode;
}

/** Reads PEM that an entry holds or names; a file is read anew each time, for it may be renewed. */
export async function readPem(
  { data, file, what, code }: PemSource,
  from: Pick<Found<unknown>, "folder" | "file">,
): Promise<string | undefined> {
  if (!isGiven(data)) {
    return isGiven(file) ? readNeeded(resolve(from.folder, file), { what, code }) : undefined;
  }
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(data));
  } catch {
    throw new DeployError(code, `${what} in "${from.file}" is no base64; correct it, or have it made again`);
  }
}

/** Whom a cluster's certificate has to be of; `undefined` for those that everybody trusts. */
export function readAuthority(cluster: Found<ClusterEntry>): Promise<string | undefined> {
  const { "certificate-authority-data": data, "certificate-authority": file } = cluster.entry;
  return readPem({ data, file, what: "the certificate authority", code: "unreachable" }, cluster);
}

/** @throws DeployError `unauthorized` for a certificate or key that can show nobody anything. */
export function checkClientCertificate(cert: string, key: string, origin: string): void {
  const told = (why: string): DeployError =>
    new DeployError("unauthorized", `the client certificate of ${origin} ${why}; have it made again`);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw told("is none");
  }
  let fits: boolean;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw told("has a key that cannot be read (a key with a password cannot be used)");
  }
  if (!fits) throw told("and its key do not belong together");
}

/** When a certificate ends, in text for people; `undefined` while it is valid. */
export function expiryOf(cert: string, now: Date): string | undefined {
  const { validTo } = new X509Certificate(cert);
  return new Date(validTo) < now ? validTo : undefined;
}
