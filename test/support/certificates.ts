import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

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
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  await mkdir(caFolder, { recursive: true });
  await run("openssl", [...request, "-subj", "/CN=test authority", "-keyout", caKeyFile, "-out", caFile]);
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const signer = ["-CA", caFile, "-CAkey", caKeyFile, "-addext", "basicConstraints=critical,CA:FALSE"];
  await run("openssl", [...request, ...names, ...signer, "-keyout", keyFile, "-out", certificateFile]);
  return { ca: await readFile(caFile, "utf8"), caFolder, certificateFile, keyFile };
}
