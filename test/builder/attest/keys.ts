import { generateKeyPairSync } from "node:crypto";
import { readSigner, type Signer } from "../../../builder/attest/signer.ts";

/** A key of its own, without the work of sealing it. */
export function makeSigner(): Promise<Signer> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return readSigner(String(privateKey.export({ type: "pkcs8", format: "pem" })), undefined);
}
