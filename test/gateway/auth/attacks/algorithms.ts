import { base64url } from "jose";
import { type Attack, SAYS, withBoth, withKeys, withSecret } from "../attack.ts";
import { forge, partsOf, signText, userClaims } from "../forge.ts";
import { SECRET, type Sign, edDsa, es256, hmac, ps256, rs256, signer, stranger } from "../keys.ts";

const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
const nothing: Sign = () => Promise.resolve(new Uint8Array(0));
const somebody: Sign = () => Promise.resolve(new Uint8Array(32).fill(7));

/** The header's `alg` against the kind of key. */
export const algorithmAttacks: readonly Attack[] = [
  ...["none", "None", "NONE", "nOnE", "none ", "", "hs256", "HS256 ", "ＨＳ256", "HS384", "HS512"].map(
    (alg): Attack => ({
      name: `the algorithm ${JSON.stringify(alg)} with an HS256 signature`,
      target: withSecret,
      token: () => forge({ header: { alg } }),
      says: SAYS.algorithm,
    }),
  ),
  ...[null, 256, true, ["HS256"], { name: "HS256" }].map((alg): Attack => ({
    name: `the algorithm ${JSON.stringify(alg)}, which is no text`,
    target: withSecret,
    token: () => forge({ header: { alg } }),
    says: SAYS.algorithm,
  })),
  {
    name: "no algorithm",
    target: withSecret,
    token: () => forge({ header: { typ: "JWT" } }),
    says: SAYS.algorithm,
  },
  {
    name: "the algorithm none and no signature",
    target: withBoth,
    token: () => forge({ header: { alg: "none" }, sign: nothing }),
    says: SAYS.parts,
  },
  {
    name: "the algorithm none and some signature",
    target: withBoth,
    token: () => forge({ header: { alg: "none" }, sign: somebody }),
    says: SAYS.algorithm,
  },
  {
    name: "HS384 signed with the right secret",
    target: withSecret,
    token: () => forge({ header: { alg: "HS384" }, sign: hmac(SECRET, "SHA-384") }),
    says: SAYS.algorithm,
  },
  {
    name: "HS512 signed with the right secret",
    target: withSecret,
    token: () => forge({ header: { alg: "HS512" }, sign: hmac(SECRET, "SHA-512") }),
    says: SAYS.algorithm,
  },
  ...confusions(),
  {
    name: "an RS256 header over an HMAC with the right secret",
    target: withBoth,
    token: () => forge({ header: { alg: "RS256" } }),
    says: SAYS.signature,
  },
  {
    name: "an RS256 header where only a secret is configured",
    target: withSecret,
    token: () => forge({ header: { alg: "RS256" }, sign: rs256.sign }),
    says: SAYS.algorithm,
  },
  {
    name: "RS384 with the right RSA key",
    target: withKeys,
    token: () => forge({ header: { alg: "RS384" }, sign: rs256.sign }),
    says: SAYS.algorithm,
  },
  {
    name: "a PS256 header over an RS256 signature",
    target: withKeys,
    token: () => forge({ header: { alg: "PS256" }, sign: rs256.sign }),
    says: SAYS.signature,
  },
  {
    name: "an RS256 header over a PS256 signature",
    target: withKeys,
    token: () => forge({ header: { alg: "RS256" }, sign: ps256.sign }),
    says: SAYS.signature,
  },
  {
    name: "an EdDSA header over an ES256 signature",
    target: withKeys,
    token: () => forge({ header: { alg: "EdDSA" }, sign: es256.sign }),
    says: SAYS.signature,
  },
  {
    name: "an ES256 header over an EdDSA signature",
    target: withKeys,
    token: () => forge({ header: { alg: "ES256" }, sign: edDsa.sign }),
    says: SAYS.signature,
  },
  {
    name: "an algorithm that the options leave out, with the right key",
    target: { options: { ...withKeys.options, algorithms: ["ES256"] } },
    token: () => forge({ header: { alg: "RS256" }, sign: rs256.sign }),
    says: SAYS.algorithm,
  },
  {
    name: "an EdDSA header over a signature with a key on another curve",
    target: withKeys,
    token: async () => {
      const parameters = { name: "ECDSA", namedCurve: "P-384" };
      const { privateKey } = await crypto.subtle.generateKey(parameters, false, ["sign"]);
      return forge({ header: { alg: "EdDSA" }, sign: signer({ name: "ECDSA", hash: "SHA-256" }, privateKey) });
    },
    says: SAYS.signature,
  },
  {
    name: "ES384 and a key on P-384",
    target: withKeys,
    token: async () => {
      const parameters = { name: "ECDSA", namedCurve: "P-384" };
      const { privateKey } = await crypto.subtle.generateKey(parameters, false, ["sign"]);
      return forge({ header: { alg: "ES384" }, sign: signer({ name: "ECDSA", hash: "SHA-384" }, privateKey) });
    },
    says: SAYS.algorithm,
  },
  {
    name: "a stranger's RS256 signature",
    target: withKeys,
    token: () => forge({ header: { alg: "RS256" }, sign: stranger.sign }),
    says: SAYS.signature,
  },
  {
    name: "the header changed to none after signing",
    target: withSecret,
    token: async () => {
      const { payload, signature } = partsOf(await forge());
      return `${base64url.encode('{"alg":"none"}')}.${payload}.${signature}`;
    },
    says: SAYS.algorithm,
  },
  {
    name: "the payload changed after signing",
    target: withSecret,
    token: async () => {
      const { header, signature } = partsOf(await forge());
      return `${header}.${base64url.encode(JSON.stringify(userClaims({ role: "admin" })))}.${signature}`;
    },
    says: SAYS.signature,
  },
  {
    name: "a signature over the payload alone",
    target: withSecret,
    token: async () => {
      const { header, payload } = partsOf(await forge());
      return `${header}.${await signText(payload)}`;
    },
    says: SAYS.signature,
  },
];

/** A public key, in each form it is handed around in, used as an HMAC secret. */
function confusions(): Attack[] {
  return [rs256, es256].flatMap(({ pem, jwk }) => {
    const forms: Record<string, Uint8Array<ArrayBuffer>> = {
      "PEM text": text(pem),
      "PEM text with a line end": text(`${pem.trimEnd()}\n`),
      "PEM text without line ends": text(pem.replaceAll("\n", "")),
      "DER bytes": der(pem),
      "JWK text": text(JSON.stringify(jwk)),
      "first number": base64url.decode(jwk.n ?? jwk.x ?? "") as Uint8Array<ArrayBuffer>,
    };
    return Object.entries(forms).flatMap(([form, key]) =>
      [withKeys, withBoth].map((target): Attack => ({
        name: `HS256 signed with the ${jwk.kty} key's ${form}${target === withBoth ? ", a secret being configured too" : ""}`,
        target,
        token: () => forge({ sign: hmac(key) }),
        says: target === withBoth ? SAYS.signature : SAYS.algorithm,
      })),
    );
  });
}

function der(pem: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(pem.replaceAll(/-----[A-Z ]+-----|\s/g, "")), (byte) => byte.charCodeAt(0));
}
