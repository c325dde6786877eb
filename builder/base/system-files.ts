import { rootCertificates } from "node:tls";
import { FUNCTION_FOLDER, NONROOT } from "../image/config.ts";
import type { SmallTarEntry } from "../image/tar.ts";

/** Where OpenSSL, and what is built on it, looks for certificates by {@link SYSTEM_ENV}. */
const CERTIFICATES = "etc/ssl/certs/ca-certificates.crt";

/** Variables of all bases. */
export const SYSTEM_ENV = ["PATH=/usr/local/bin:/usr/bin:/bin", `SSL_CERT_FILE=/${CERTIFICATES}`];

/**
 * The few files that programs expect of a system, and a place for temporary ones: no shell, and nobody who could log in.
 *
 * The certificates are those that Mozilla trusts, as Bun brings them, not this machine's: an authority that was added to a
 * machine is not to be trusted by whatever was built there, unless somebody says so.
 */
export function systemFiles(certificates: string = rootCertificates.join("\n")): readonly SmallTarEntry[] {
  return [
    text("etc/passwd", [
      "root:x:0:0:root:/:/sbin/nologin",
      `nonroot:x:${NONROOT}:${NONROOT}:nonroot:/tmp:/sbin/nologin`,
    ]),
    text("etc/group", ["root:x:0:", `nonroot:x:${NONROOT}:`]),
    // Without it, glibc asks for names in services that are not there.
    text("etc/nsswitch.conf", ["passwd: files", "group: files", "hosts: files dns"]),
    text(CERTIFICATES, [certificates.trim()]),
    { type: "folder", path: "tmp", mode: 0o1777 },
    { type: "folder", path: FUNCTION_FOLDER, mode: 0o755 },
  ];
}

function text(path: string, lines: readonly string[]): SmallTarEntry {
  return { type: "file", path, mode: 0o644, content: new TextEncoder().encode(`${lines.join("\n")}\n`) };
}
