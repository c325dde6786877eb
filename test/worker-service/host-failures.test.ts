import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MeshError } from "../../mesh/errors.ts";
import type { Context } from "../../worker-service/context.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { errorOf } from "../mesh/error-of.ts";
import { type RecordingLog, recordingLog } from "../mesh/recording-log.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

const MAX_PAYLOAD_BYTES = 64 * 1024;
const cycle: Record<string, unknown> = { name: "cycle" };
cycle["self"] = cycle;

const failing = {
  throwsError: () => {
    throw new Error("password is s3cret");
  },
  rejects: () => Promise.reject(new TypeError("password is s3cret")),
  throwsText: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- plain JavaScript throws whatever it likes
    throw "s3cret";
  },
  throwsNothing: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- plain JavaScript throws whatever it likes
    throw undefined;
  },
  throwsCycle: () => {
    throw new Error("s3cret", { cause: cycle });
  },
  returnsCycle: () => cycle,
  returnsBigint: () => 10n,
};

describe.each(brokersUnderTest())("failures over %s", (kind) => {
  let mesh: ServiceMesh;
  let recording: RecordingLog;
  beforeAll(async () => {
    recording = recordingLog();
    mesh = await openServiceMesh(kind, { maxPayloadBytes: MAX_PAYLOAD_BYTES });
    const functions = {
      ...failing,
      soldOut: () => {
        throw new PublicError("only 3 left", { status: 409, reason: "out_of_stock", data: { left: 3 } });
      },
      withCause: () => {
        throw new PublicError("try the other desk", { cause: new Error("s3cret") });
      },
      twoLines: () => {
        throw new PublicError("first\r\nNats-Service-Error-Code: 200");
      },
      limited: () => {
        throw new MeshError("rate_limited", "three a minute", { retryAfterSeconds: 20 });
      },
      picky: () => {
        throw new MeshError("invalid_request", "no", { issues: [{ path: ["items", 3], message: "too many" }] });
      },
      withCycle: () => {
        throw new PublicError("unlucky", { status: 418, data: cycle });
      },
      withHugeData: () => {
        throw new PublicError("unlucky", { status: 418, data: "x".repeat(MAX_PAYLOAD_BYTES) });
      },
      withHugeText: () => {
        throw new PublicError(`unlucky${"y".repeat(MAX_PAYLOAD_BYTES)}`, { status: 418 });
      },
      huge: () => new Uint8Array(MAX_PAYLOAD_BYTES),
      callsNobody: (_params: unknown, context: Context) => context.call("nobody", "there"),
      callsFailing: (name: string, context: Context) => context.call("failing", name),
    };
    await mesh.host("failing", functions, { log: recording.log });
  });
  afterAll(() => mesh[Symbol.asyncDispose]());

  test.each(Object.keys(failing))("%s is function_failed, and what it was stays in the log", async (name) => {
    const error = await errorOf(mesh.call("failing", name));
    expect(error).toMatchObject({ code: "function_failed", status: 500, reason: undefined, data: undefined });
    expect(error.message).toBe("the function failed; its log has the details");
    const said = recording.lines.filter(
      (line) => line.message === "the call failed" && line["subject"] === `fn.shop.failing.${name}`,
    );
    expect(said).toHaveLength(1);
  });

  test("a thrown error is logged with its text, its stack and the call's id", async () => {
    await errorOf(mesh.send("failing", "throwsError", "", { "Fmesh-Call-Id": "call-7" }));
    expect(recording.lines).toContainEqual(
      expect.objectContaining({
        level: "error",
        callId: "call-7",
        error: expect.objectContaining({
          message: "password is s3cret",
          stack: expect.any(String) as string,
        }) as object,
      }),
    );
  });

  test("a public error arrives with its status, reason and data", async () => {
    expect(await errorOf(mesh.call("failing", "soldOut"))).toMatchObject({
      code: "function_failed",
      message: "only 3 left",
      status: 409,
      reason: "out_of_stock",
      data: { left: 3 },
    });
  });

  test("a public error's cause stays in the log", async () => {
    const error = await errorOf(mesh.call("failing", "withCause"));
    expect(error.message).toBe("try the other desk");
    expect(error.cause).toBeUndefined();
    expect(recording.text()).toContain("s3cret");
  });

  test("a text of several lines forges no header", async () => {
    const error = await errorOf(mesh.call("failing", "twoLines"));
    expect(error).toMatchObject({ status: 500, message: "first\r\nNats-Service-Error-Code: 200" });
  });

  test("a MeshError keeps its code, its issues and when to try again", async () => {
    expect(await errorOf(mesh.call("failing", "limited"))).toMatchObject({
      code: "rate_limited",
      status: 429,
      message: "three a minute",
      retryAfterSeconds: 20,
    });
    expect(await errorOf(mesh.call("failing", "picky"))).toMatchObject({
      code: "invalid_request",
      issues: [{ path: ["items", 3], message: "too many" }],
    });
  });

  test.each(["withCycle", "withHugeData", "withHugeText"])(
    "%s is told to the caller without what cannot be sent",
    async (name) => {
      const error = await errorOf(mesh.call("failing", name, undefined, { timeoutMs: 600_000 }));
      expect(error).toMatchObject({ code: "function_failed", status: 418, data: undefined });
      expect(error.message).toMatch(/^unlucky/);
    },
  );

  test("a result larger than the broker takes, for a caller that knows no streams, is told to it at once", async () => {
    const error = await errorOf(mesh.send("failing", "huge", ""));
    expect(error).toMatchObject({ code: "function_failed", status: 500 });
    expect(error.message).toContain("larger than the broker takes");
  });

  test("a nested call that reached nobody does not say so of the outer call, which is not safe to retry", async () => {
    expect(await errorOf(mesh.call("failing", "callsNobody"))).toMatchObject({
      code: "function_failed",
      reason: "worker_unavailable",
      status: 503,
      retryAfterSeconds: 1,
      retrySafe: false,
      message: 'nobody serves "fn.shop.nobody.there" at the moment',
    });
  });

  test("a nested call's own failure goes on to the caller as it is", async () => {
    expect(await errorOf(mesh.call("failing", "callsFailing", "soldOut"))).toMatchObject({
      status: 409,
      reason: "out_of_stock",
      data: { left: 3 },
    });
  });

  test("the service goes on after all of that", async () => {
    expect((await errorOf(mesh.call("failing", "soldOut"))).status).toBe(409);
  });
});
