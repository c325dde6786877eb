import { bundleFromJSON, isBundleWithDsseEnvelope } from "@sigstore/bundle";
import { type TrustMaterial, Verifier, toSignedEntity } from "@sigstore/verify";
import { createPublicKey } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { attach } from "../../../builder/attest/attach.ts";
import type { Signer } from "../../../builder/attest/signer.ts";
import type { Descriptor, Digest, Manifest } from "../../../builder/oci.ts";
import { opensslVerify } from "../../support/openssl.ts";
import { makeSigner } from "./keys.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { REPOSITORY, provenance, publishImage, sbom } from "./samples.ts";

/** What cosign's specifications ask for, read with other eyes: as raw JSON, by OpenSSL, and by Sigstore's own library. */
const registry = new MemoryRegistry();
let signer: Signer;
let image: Descriptor;

beforeAll(async () => {
  signer = await makeSigner();
  image = await publishImage(registry);
  await attach(registry, REPOSITORY, image, { sbom, provenance, signer }, { createdAt: "1970-01-01T00:00:00Z" });
});

describe("the tag of signatures", () => {
  test("holds a payload of simple signing, whose signature openssl verifies", () => {
    const manifest = manifestUnder(`${image.digest.replace(":", "-")}.sig`);
    expect(manifest.layers).toMatchObject([{ mediaType: "application/vnd.dev.cosign.simplesigning.v1+json" }]);
    const [layer] = manifest.layers as [Descriptor];
    const payload = blob(layer.digest);

    expect(jsonOf(payload)).toEqual({
      critical: {
        identity: { "docker-reference": `registry.example.com/functions/${REPOSITORY}` },
        image: { "docker-manifest-digest": image.digest },
        type: "cosign container image signature",
      },
      optional: null,
    });
    const signature = Uint8Array.fromBase64(layer.annotations?.["dev.cosignproject.cosign/signature"] ?? "");
    expect(opensslVerify({ publicKey: signer.publicKey.pem, signed: payload, signature })).toBe("Verified OK\n");
  });

  test("has a config as images have it, that names the layers", () => {
    const manifest = manifestUnder(`${image.digest.replace(":", "-")}.sig`);
    expect(manifest.config.mediaType).toBe("application/vnd.oci.image.config.v1+json");
    expect(jsonOf(blob(manifest.config.digest))).toMatchObject({
      rootfs: { type: "layers", diff_ids: manifest.layers.map(({ digest }) => digest) },
    });
  });
});

describe("the tag of attestations", () => {
  test("holds one envelope per claim about this image, whose signature openssl verifies", () => {
    const manifest = manifestUnder(`${image.digest.replace(":", "-")}.att`);
    const types = ["https://cyclonedx.org/bom", "https://slsa.dev/provenance/v1"];
    expect(manifest.layers.map(({ annotations }) => annotations?.["predicateType"])).toEqual(types);
    for (const [index, layer] of manifest.layers.entries()) {
      expect(layer.mediaType).toBe("application/vnd.dsse.envelope.v1+json");
      const envelope = jsonOf(blob(layer.digest)) as {
        payloadType: string;
        payload: string;
        signatures: { sig: string }[];
      };
      const payload = Uint8Array.fromBase64(envelope.payload);
      expect(envelope.payloadType).toBe("application/vnd.in-toto+json");
      expect(jsonOf(payload)).toMatchObject({
        _type: "https://in-toto.io/Statement/v1",
        subject: [
          {
            name: `registry.example.com/functions/${REPOSITORY}`,
            digest: { sha256: image.digest.slice("sha256:".length) },
          },
        ],
        predicateType: types[index],
      });
      const head = new TextEncoder().encode(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `);
      const [{ sig } = { sig: "" }] = envelope.signatures;
      const signed = new Uint8Array([...head, ...payload]);
      const signature = Uint8Array.fromBase64(sig);
      expect(opensslVerify({ publicKey: signer.publicKey.pem, signed, signature })).toBe("Verified OK\n");
    }
  });
});

describe("the referrers", () => {
  test("are one bundle per claim, and one that says it is signed", async () => {
    const referrers = await registry.referrers(REPOSITORY, image.digest);
    expect(referrers).toHaveLength(3);
    expect(referrers.map(({ annotations }) => annotations?.["dev.sigstore.bundle.predicateType"])).toEqual([
      "https://cyclonedx.org/bom",
      "https://slsa.dev/provenance/v1",
      "https://sigstore.dev/cosign/sign/v1",
    ]);
    for (const referrer of referrers) {
      const manifest = manifestOf(referrer.digest);
      expect(manifest).toMatchObject({
        artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json",
        config: {
          mediaType: "application/vnd.oci.empty.v1+json",
          digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
          size: 2,
        },
        layers: [{ mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json" }],
        subject: { mediaType: image.mediaType, digest: image.digest, size: image.size },
        annotations: {
          "dev.sigstore.bundle.content": "dsse-envelope",
          "org.opencontainers.image.created": "1970-01-01T00:00:00Z",
        },
      });
    }
  });

  test("verify with Sigstore's own library and this key", async () => {
    const verifier = verifierOf(signer);
    for (const bundle of await bundles()) {
      expect(isBundleWithDsseEnvelope(bundle)).toBe(true);
      verifier.verify(toSignedEntity(bundle));
    }
  });

  test("do not verify with Sigstore's own library and another key", async () => {
    const verifier = verifierOf(await makeSigner());
    for (const bundle of await bundles()) expect(() => verifier.verify(toSignedEntity(bundle))).toThrow(/signature/);
  });
});

async function bundles() {
  const referrers = await registry.referrers(REPOSITORY, image.digest);
  return referrers.map(({ digest }) =>
    bundleFromJSON(jsonOf(blob((manifestOf(digest).layers as [Descriptor])[0].digest))),
  );
}

/** What `--key` and `--insecure-ignore-tlog` ask of cosign 3: this key, no transparency log, no time. */
function verifierOf({ publicKey }: Signer): Verifier {
  const trusted: TrustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: (hint) => {
      expect(hint).not.toBe("");
      return { publicKey: createPublicKey(publicKey.pem), validFor: () => true };
    },
  };
  return new Verifier(trusted, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
}

function manifestUnder(tag: string): Manifest {
  const digest = registry.taggedAs.get(tag);
  if (digest === undefined) throw new Error(`nothing is tagged "${tag}"`);
  return manifestOf(digest);
}

function manifestOf(digest: Digest): Manifest {
  const stored = registry.manifests.get(digest);
  if (stored === undefined) throw new Error(`there is no manifest "${digest}"`);
  return jsonOf(stored.bytes) as Manifest;
}

function blob(digest: Digest): Uint8Array {
  const bytes = registry.blobs.get(digest);
  if (bytes === undefined) throw new Error(`there is no blob "${digest}"`);
  return bytes;
}

function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
