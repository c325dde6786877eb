import fc from "fast-check";
import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KeyError } from "../../../builder/attest/key-error.ts";
import { readSignerFile, writeKeyPair } from "../../../builder/attest/key-files.ts";
import { readPublicKey } from "../../../builder/attest/public-key.ts";
import { generateKeyPair, readSigner } from "../../../builder/attest/signer.ts";
import { openPrivateKey } from "../../../builder/attest/sigstore-private-key.ts";
import { openssl, opensslVerify } from "../../support/openssl.ts";
import { COSIGN_KEYS } from "./fixtures/cosign-key.ts";
import { makeSigner } from "./keys.ts";

const message = new TextEncoder().encode("what is signed");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-keys-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a pair of keys", () => {
  test("is written as cosign writes it, and only its owner may read the private half", async () => {
    const files = await writeKeyPair(join(folder, "cosign"), "secret words");

    expect((await stat(files.privateKey)).mode & 0o777).toBe(0o600);
    expect((await stat(files.publicKey)).mode & 0o777).toBe(0o644);
    expect(await readFile(files.privateKey, "utf8")).toMatch(/^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n/);
    expect(await readFile(files.publicKey, "utf8")).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const signer = await readSignerFile(files.privateKey, "secret words");
    expect(signer.publicKey.pem).toBe(await readFile(files.publicKey, "utf8"));
  });

  test("never takes the place of another one", async () => {
    const prefix = join(folder, "kept");
    const files = await writeKeyPair(prefix, "first");
    const before = await readFile(files.privateKey, "utf8");

    await expect(writeKeyPair(prefix, "second")).rejects.toThrow(/kept\.key" cannot be written: there is one already/);
    expect(await readFile(files.privateKey, "utf8")).toBe(before);
  });

  test("is written whole, or not at all", async () => {
    const prefix = join(folder, "half");
    await writeFile(`${prefix}.pub`, "somebody's");
    await expect(writeKeyPair(prefix, "x")).rejects.toThrow(/half\.pub" cannot be written/);
    await expect(stat(`${prefix}.key`)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readFile(`${prefix}.pub`, "utf8")).toBe("somebody's");
  });

  test("is different every time", async () => {
    const [one, other] = [await generateKeyPair("x"), await generateKeyPair("x")];
    expect(one.publicKey).not.toBe(other.publicKey);
  });
});

describe("a private key", () => {
  test("signs so that openssl agrees", async () => {
    const signer = await makeSigner();
    const signature = await signer.sign(message);
    expect(opensslVerify({ publicKey: signer.publicKey.pem, signed: message, signature })).toBe("Verified OK\n");
  });

  test("that openssl made and sealed is read with its passphrase", async () => {
    const plain = join(folder, "plain.pem");
    const sealed = join(folder, "sealed.pem");
    openssl(["ecparam", "-name", "prime256v1", "-genkey", "-out", plain]);
    openssl(["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", plain, "-out", sealed, "-passout", "pass:words"]);
    const publicPem = new TextDecoder().decode(openssl(["pkey", "-in", plain, "-pubout"]));

    const fromSealed = await readSigner(await readFile(sealed, "utf8"), "words");
    const fromPlain = await readSigner(await readFile(plain, "utf8"), undefined);
    expect([fromSealed.publicKey.pem, fromPlain.publicKey.pem]).toEqual([publicPem, publicPem]);
  });

  test.each(["today", "formerly"] as const)("is read as cosign writes it %s", async (when) => {
    const signer = await readSigner(COSIGN_KEYS[when], COSIGN_KEYS.passphrase);
    expect(signer.publicKey.verifies(message, await signer.sign(message))).toBe(true);
  });

  test.each([
    ["another passphrase", COSIGN_KEYS.today, "other", "passphrase_wrong"],
    ["no passphrase", COSIGN_KEYS.today, undefined, "passphrase_wrong"],
    ["no key at all", "hello", undefined, "key_unusable"],
    ["a damaged block", COSIGN_KEYS.today.replace("eyJ", "eyK"), COSIGN_KEYS.passphrase, "key_unusable"],
    ["a key of another kind", pemOf("ed25519"), undefined, "key_unusable"],
    ["a key on another curve", pemOf("P-384"), undefined, "key_unusable"],
  ])("with %s is refused", async (_what, pem, passphrase, code) => {
    await expect(readSigner(pem, passphrase)).rejects.toMatchObject({ name: "KeyError", code });
  });

  test("that asks for endless work is refused without doing it", async () => {
    const content = JSON.stringify({
      kdf: { name: "scrypt", params: { N: 2 ** 30, r: 8, p: 1 }, salt: "AAAA" },
      cipher: { name: "nacl/secretbox", nonce: new Uint8Array(24).toBase64() },
      ciphertext: "AAAA",
    });
    await expect(openPrivateKey(new TextEncoder().encode(content), "x")).rejects.toMatchObject({
      code: "key_unusable",
    });
  });

  test("in a file that everybody may read is refused, with what to do", async () => {
    const path = join(folder, "open.key");
    await writeFile(path, pemOf("P-256"));
    await chmod(path, 0o644);
    await expect(readSignerFile(path, undefined)).rejects.toThrow(
      `everybody may read "${path}"; run "chmod 600 ${path}"`,
    );
  });

  test("in a file that is not there is told with the file's name", async () => {
    const path = join(folder, "missing.key");
    await expect(readSignerFile(path, "x")).rejects.toThrow(
      `"${path}" cannot be read: there is no such file or folder`,
    );
  });

  test("and its passphrase are in no error", async () => {
    const path = join(folder, "leaky.key");
    const { privateKey } = await generateKeyPair("right horse");
    await writeFile(path, privateKey, { mode: 0o600 });
    const error = await readSignerFile(path, "wrong battery").catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(KeyError);
    const told = Bun.inspect(error, { depth: 10 });
    expect(told).not.toContain("wrong battery");
    expect(told).not.toContain(privateKey.split("\n")[2]);
  });

  test("is not shown when a signer is printed", async () => {
    const pem = pemOf("P-256");
    const signer = await readSigner(pem, undefined);
    expect(Bun.inspect(signer, { depth: 10 })).not.toContain(pem.split("\n")[1]);
    expect(JSON.stringify(signer)).not.toContain("PRIVATE");
  });
});

describe("a public key", () => {
  test("is named as cosign's bundles name it", async () => {
    const { publicKey } = await makeSigner();
    const der = openssl(["pkey", "-pubin", "-outform", "DER"], new TextEncoder().encode(publicKey.pem));
    expect(publicKey.fingerprint).toBe(openssl(["dgst", "-sha256", "-binary"], der).toBase64());
  });

  test("refuses a private key in its place", () => {
    expect(() => readPublicKey(pemOf("P-256"))).toThrow(/this is no public key/);
  });

  test("holds against any change of what is signed, and of the signature", async () => {
    const signer = await makeSigner();
    const { publicKey } = signer;
    const signature = await signer.sign(message);
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), (inSignature, at, change) => {
        const [bytes, proof] = [message.slice(), signature.slice()];
        const changed = inSignature ? proof : bytes;
        const index = at % changed.length;
        changed[index] = (changed[index] ?? 0) ^ change;
        return !publicKey.verifies(bytes, proof);
      }),
      { numRuns: 500 },
    );
  });

  test("takes no signature that is longer or shorter", async () => {
    const signer = await makeSigner();
    const { publicKey } = signer;
    const signature = await signer.sign(message);
    expect(publicKey.verifies(message, signature)).toBe(true);
    expect(publicKey.verifies(message, new Uint8Array([...signature, 0]))).toBe(false);
    expect(publicKey.verifies(message, signature.slice(0, -1))).toBe(false);
    expect(publicKey.verifies(message, new Uint8Array())).toBe(false);
  });
});

function pemOf(kind: "P-256" | "P-384" | "ed25519"): string {
  const { privateKey } =
    kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: kind });
  return String(privateKey.export({ type: "pkcs8", format: "pem" }));
}
