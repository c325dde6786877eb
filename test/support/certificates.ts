import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const REQUEST = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];

/** A server certificate for `127.0.0.1` and `localhost`, and the authority that signed it. */
export interface Certificates {
  /** PEM; what a client has to trust. */
  readonly ca: string;
  /** A folder with nothing but the authority's certificate, as skopeo and podman want it (`--cert-dir`). */
  readonly caFolder: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Makes an authority and a certificate of it, for two days, in a folder of the caller's. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const caFolder = join(folder, "authority");
  const [caFile, caKeyFile] = [join(caFolder, "ca.crt"), join(folder, "ca.key")];
  const [certificateFile, keyFile] = [join(folder, "server.crt"), join(folder, "server.key")];
  await mkdir(caFolder, { recursive: true });
  await run("openssl", [...REQUEST, "-subj", "/CN=test authority", "-keyout", caKeyFile, "-out", caFile]);
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const signer = ["-CA", caFile, "-CAkey", caKeyFile, "-addext", "basicConstraints=critical,CA:FALSE"];
  await run("openssl", [...REQUEST, ...names, ...signer, "-keyout", keyFile, "-out", certificateFile]);
  return { ca: await readFile(caFile, "utf8"), caFolder, certificateFile, keyFile };
}

/** A client's certificate, signed by the authority that {@link makeCertificates} made in the same folder. */
export async function makeClientCertificate(
  folder: string,
  commonName: string,
): Promise<{ readonly certificateFile: string; readonly keyFile: string }> {
  const [certificateFile, keyFile] = [join(folder, `${commonName}.crt`), join(folder, `${commonName}.key`)];
  const signer = ["-CA", join(folder, "authority", "ca.crt"), "-CAkey", join(folder, "ca.key")];
  const extensions = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=clientAuth"];
  const subject = ["-subj", `/CN=${commonName}`];
  await run("openssl", [...REQUEST, ...subject, ...signer, ...extensions, "-keyout", keyFile, "-out", certificateFile]);
  return { certificateFile, keyFile };
}
