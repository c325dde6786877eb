import { JSON_TYPE } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { decodePayload } from "../../mesh/payload.ts";
import type { CallPath } from "../call-path.ts";
import { ruleParams } from "../rule-params.ts";
import { spaceCloudAnswer, spaceCloudError } from "./answer.ts";
import { memberText } from "./member-text.ts";
import { bodyTimeoutMs } from "./timeout.ts";

const NULL = new TextEncoder().encode("null");

/**
 * The call path of Space Cloud, 2019: `{"params":…,"timeout":…}` in, `{"result":…}` or `{"error":"…"}` out. The body is
 * JSON whatever its content type says: the oldest clients send `text/plain`.
 */
export const spaceCloudPath: CallPath = {
  route: "/v1/api/:project/functions/:service/:function",

  methods: ["POST"],
  holdsBody: "always",

  read(_request, { payload: body }, { limits }) {
    const { timeout } = bodyObject(body);
    const payload = memberText(body, "params") ?? NULL;
    return {
      timeoutMs: bodyTimeoutMs(timeout, limits),
      idempotencyKey: undefined,
      contentType: JSON_TYPE,
      payload,
      // What the rule sees is read from the very bytes that travel: the two cannot differ.
      params: () => ruleParams({ contentType: JSON_TYPE, payload }),
    };
  },

  succeed: (reply, facts) => spaceCloudAnswer(reply, facts, "wrapped"),
  fail: (error, facts) => spaceCloudError(error, spaceCloudStatus(error), facts),
};

/** 403 for every refusal, 500 for what went wrong behind the gateway. */
function spaceCloudStatus({ code, status }: MeshError): number {
  if (code === "unauthenticated" || code === "forbidden") return 403;
  // Neither can come from a client of that time; saying what they are harms none.
  if (code === "invalid_request" || code === "payload_too_large") return status;
  return 500;
}

/** @throws MeshError `invalid_request` when the body is not a JSON object; no body at all is an empty one. */
function bodyObject(bytes: Uint8Array): { readonly timeout?: unknown } {
  const body = decodePayload({ contentType: JSON_TYPE, payload: bytes });
  if (body === undefined) return {};
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new MeshError("invalid_request", `the body is not a JSON object like {"params":…,"timeout":…}`);
}
