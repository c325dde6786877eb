import { createHash, createHmac } from "node:crypto";

/** Who may call the API. */
export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Whether a request is signed by the key: AWS Signature Version 4, recomputed as its documentation describes it ("Create a signed
 * AWS API request").
 */
export async function isSigned(request: Request, body: Uint8Array, key: Key, service: string): Promise<boolean> {
  const authorization = request.headers.get("authorization") ?? "";
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, id, date = "", region = "", scope = "", signed = "", signature] = pattern.exec(authorization) ?? [];
  const time = request.headers.get("x-amz-date") ?? "";
  if (id !== key.accessKeyId || scope !== service || !time.startsWith(date) || !signed.split(";").includes("host")) {
    return false;
  }
  const url = new URL(request.url);
  const headers = signed
    .split(";")
    .map((name) => `${name}:${(request.headers.get(name) ?? "").trim().replaceAll(/ +/g, " ")}\n`);
  const canonical = [request.method, url.pathname, "", headers.join(""), signed, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, `${date}/${region}/${service}/aws4_request`, sha256(canonical)].join("\n");
  const signingKey = [date, region, service, "aws4_request"].reduce<Uint8Array | string>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${key.secretAccessKey}`,
  );
  return createHmac("sha256", signingKey).update(toSign).digest("hex") === signature;
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
