import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../../mesh/broker.ts";
import {
  CALL_HEADERS,
  decodeClaims,
  decodeReply,
  encodeCall,
  encodeFailure,
  encodeReply,
  isHeaderValue,
} from "../../mesh/call.ts";
import { type ErrorCode, ERROR_CODES, MeshError } from "../../mesh/errors.ts";
import { continueTrace } from "../../mesh/trace.ts";

const claims = fc.dictionary(fc.string(), fc.jsonValue());
const codes = fc.constantFrom(...(Object.keys(ERROR_CODES) as ErrorCode[]));

describe("a call", () => {
  test("arrives as it was sent: claims, deadline, trace, payload and the rest", () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.uuid(),
          deadlineMs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
          claims,
          requestId: fc.string({ minLength: 1 }).filter(isHeaderValue),
          contentType: fc.constantFrom("application/json", "text/plain"),
          idempotencyKey: fc.option(fc.uuid(), { nil: undefined }),
          payload: fc.uint8Array(),
          state: fc.option(fc.constant("vendor=1"), { nil: undefined }),
        }),
        ({ claims: given, state, ...rest }) => {
          const sent = continueTrace(`00-${"a".repeat(32)}-${"b".repeat(16)}-01`, state, undefined);
          const { headers, payload } = encodeCall({ ...rest, claimsJson: JSON.stringify(given), trace: sent });
          expect(Object.values(headers).every(isHeaderValue)).toBe(true);
          expect(decodeClaims(headers)).toEqual(JSON.parse(JSON.stringify(given)));
          expect(payload).toBe(rest.payload);
          const read = continueTrace(headers["traceparent"], headers["tracestate"], headers["baggage"]);
          expect(read).toEqual({ ...sent, spanId: read.spanId, header: read.header });
          expect(Number(headers[CALL_HEADERS.deadline])).toBe(rest.deadlineMs);
          expect(headers).toMatchObject({ "Fmesh-Call-Id": rest.id, "X-Request-Id": rest.requestId });
          expect(headers["Content-Type"] ?? "application/json").toBe(rest.contentType);
          expect(headers["Idempotency-Key"]).toBe(rest.idempotencyKey);
        },
      ),
    );
  });

  test("leaves out what goes without saying: JSON, and a request id that is the call's own", () => {
    const trace = continueTrace(undefined, undefined, undefined);
    const { headers } = encodeCall({
      id: "1",
      requestId: "1",
      deadlineMs: 1,
      claimsJson: "{}",
      trace,
      contentType: "application/json",
      idempotencyKey: undefined,
      payload: utf8("{}"),
    });
    expect(Object.keys(headers)).toEqual(["Fmesh-Call-Id", "Fmesh-Deadline", "Fmesh-Claims", "traceparent"]);
  });

  test.each([undefined, "{}"])("with the claims header %j has no claims", (header) => {
    expect(decodeClaims(header === undefined ? {} : { "Fmesh-Claims": header })).toEqual({});
  });

  test.each(["", "{", "[]", "null", '"admin"', "1"])("with the claims header %j is invalid_request", (header) => {
    const invalid = expect.objectContaining({ code: "invalid_request" }) as Error;
    expect(() => decodeClaims({ "Fmesh-Claims": header })).toThrow(invalid);
  });
});

describe("a reply", () => {
  test("arrives as it was sent", () => {
    const reply = { contentType: "text/plain", payload: Uint8Array.of(1, 2), handlerMs: 1.25 };
    expect(decodeReply(encodeReply(reply))).toEqual(reply);
  });

  test("of a foreign worker, without a header, is JSON", () => {
    const payload = utf8("[1]");
    expect(decodeReply({ payload, headers: {} })).toEqual({
      contentType: "application/json",
      payload,
      handlerMs: undefined,
    });
  });
});

describe("a failure", () => {
  test("arrives as it was sent: code, status, text, reason, data, issues and when to try again", () => {
    fc.assert(
      fc.property(
        fc.record({
          code: codes,
          message: fc.string(),
          status: fc.integer({ min: 400, max: 599 }),
          reason: fc.option(fc.string(), { nil: undefined }),
          data: fc.option(fc.jsonValue(), { nil: undefined }),
          issues: fc.option(fc.constant([{ path: ["items", 3], message: "too many" }]), { nil: undefined }),
          retryAfterSeconds: fc.option(fc.nat(), { nil: undefined }),
        }),
        ({ code, message, status, reason, data, issues, retryAfterSeconds }) => {
          const error = new MeshError(code, message, {
            status,
            data,
            ...(reason !== undefined && { reason }),
            ...(issues !== undefined && { issues }),
            ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
            cause: new Error("hidden"),
          });
          const sent = encodeFailure(error, { callId: "c1", handlerMs: 2 });
          expect(Object.values(sent.headers).every(isHeaderValue)).toBe(true);
          expect(JSON.stringify(sent.headers) + new TextDecoder().decode(sent.payload)).not.toContain("hidden");
          const received = failureOf(sent);
          expect(received).toMatchObject({ code, message, status, reason, issues, retryAfterSeconds });
          expect(received.data).toEqual(data === undefined ? undefined : JSON.parse(JSON.stringify(data)));
          expect(received.cause).toBeUndefined();
        },
      ),
    );
  });

  const foreign: [string, Message["headers"], string, object][] = [
    ["with both headers and no body", error("no such order", "404"), "", { message: "no such order", status: 404 }],
    ["with a body that is not JSON", error("oops", "422"), "<html>", { message: "oops", status: 422 }],
    [
      "with JSON that is no problem document",
      error("oops", "503"),
      '["x"]',
      { message: "the function failed", status: 503 },
    ],
    ["with a code of its own", error("oops", "400"), '{"code":"E_OOPS"}', { message: "oops", status: 400 }],
    ["with a code named like a method", error("oops", "400"), '{"code":"toString"}', { message: "oops", status: 400 }],
    [
      "with the description only",
      { "Nats-Service-Error": "oops" },
      "",
      { message: "the function failed", status: 500 },
    ],
    ["with the code only", { "Nats-Service-Error-Code": "409" }, "", { message: "the function failed", status: 409 }],
    ["with a number that is no HTTP error", error("oops", "1001"), "", { message: "the function failed", status: 500 }],
    ["with a code that is no number", error("oops", "E42"), "", { message: "the function failed", status: 500 }],
    ["with a 200", error("oops", "200"), "", { message: "oops", status: 500 }],
    [
      "with bytes that are no text",
      error("oops", "500"),
      "\u{FFFD}\0",
      { message: "the function failed", status: 500 },
    ],
    ["that says when to try again", { ...error("busy", "429"), "Retry-After": "7" }, "", { retryAfterSeconds: 7 }],
    ["with a date to try again", { ...error("busy", "429"), "Retry-After": "Wed, 21 Oct" }, "", { status: 429 }],
  ];
  test.each(foreign)("of a foreign worker %s is function_failed", (_what, headers, body, expected) => {
    const failure = failureOf({ headers, payload: utf8(body) });
    expect(failure).toMatchObject({ code: "function_failed", ...expected });
    expect(failure.retryAfterSeconds === undefined || failure.retryAfterSeconds >= 0).toBe(true);
  });

  test("with a status outside the errors keeps its code's own", () => {
    const body = JSON.stringify({ code: "forbidden", status: 200, detail: "no" });
    const failure = failureOf({ headers: error("no", "200"), payload: utf8(body) });
    expect(failure).toMatchObject({ code: "forbidden", status: 403, message: "no" });
  });
});

test.each([
  ["plain", true],
  ["", true],
  ["ünïcode 🌍\t", true],
  ["a\rb", false],
  ["a\nb", false],
])("%j may be a header value: %s", (value, isAllowed) => {
  expect(isHeaderValue(value)).toBe(isAllowed);
});

function failureOf(message: Message): MeshError {
  try {
    decodeReply(message);
  } catch (failure) {
    expect(failure).toBeInstanceOf(MeshError);
    return failure as MeshError;
  }
  throw new Error("the reply was taken for a result");
}

function error(description: string, code: string): Record<string, string> {
  return { "Nats-Service-Error": description, "Nats-Service-Error-Code": code };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
