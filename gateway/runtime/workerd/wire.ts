import type { FunctionAddress } from "../../../mesh/names.ts";
import type { Call, Reply } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { inAscii } from "../../../mesh/http.ts";
import { fromProblem, toProblem } from "../../../mesh/problem.ts";
import { framed, unframed } from "./framed-stream.ts";

/**
 * How a call gets from the Worker to the object that owns the connection, and its reply back: what is known of it as JSON in a
 * header, and the body as it is, or in frames when it is a stream. Both ends are of one deployment: what arrives is not checked.
 */
export const HEAD_HEADER = "Fmesh-Link";

/** Which way a body travels; as the bytes that it is when nothing else is said. */
interface BodyHead {
  /** There when the body is a stream. */
  readonly stream?: { readonly lengthBytes: number | undefined } | undefined;
  /** There when the body is a short text, which travels in the head: to read a body of its own takes longer here. */
  readonly text?: string | undefined;
}

/** A call as the object gets it. */
export interface SentCall {
  readonly address: FunctionAddress;
  readonly call: Call;
  readonly isNamed: boolean;
  readonly timeoutMs?: number | undefined;
  /** Whether it is recorded, if the configuration says so. */
  readonly isRecordable: boolean;
}

type CallHead = Omit<SentCall, "call"> & { readonly call: Omit<Call, "payload" | "stream"> } & BodyHead;
type ReplyHead = Omit<Reply, "payload" | "stream"> & BodyHead;

/** An error as the Worker gets it. */
interface SentError {
  readonly problem: string;
  readonly retryAfterSeconds: number | undefined;
  /** For the log. */
  readonly cause: string | undefined;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Longer ones are dearer to write as JSON than to send. */
const SHORT_BYTES = 4096;
/** The status of an answer that is an error, whose own status is in its document. */
const FAILED = 500;

/** The request that hands a call over. */
export function encodeSentCall({ call, ...about }: SentCall): RequestInit {
  const { payload, stream, ...rest } = call;
  const text = stream === undefined ? shortText(payload) : undefined;
  const head: CallHead = { ...about, call: rest, stream: stream && { lengthBytes: stream.lengthBytes }, text };
  const headers = { [HEAD_HEADER]: inAscii(JSON.stringify(head)) };
  if (text !== undefined) return { method: "POST", headers };
  const body = stream === undefined ? (payload as Uint8Array<ArrayBuffer>) : framed(stream.bytes);
  return { method: "POST", headers, body };
}

export async function decodeSentCall(request: Request): Promise<SentCall> {
  const { stream, text, call, ...about } = readHead(request.headers) as CallHead;
  return { ...about, call: { ...call, ...(await bodyOf(request, { stream, text })) } };
}

/** @param onEnd called when all of the reply has been read, or nobody reads it any more. */
export function encodeSentReply({ payload, stream, ...rest }: Reply, onEnd: () => void): Response {
  const text = stream === undefined ? shortText(payload) : undefined;
  const head: ReplyHead = { ...rest, stream: stream && { lengthBytes: stream.lengthBytes }, text };
  const headers = { [HEAD_HEADER]: inAscii(JSON.stringify(head)) };
  if (stream !== undefined) return new Response(framed(stream.bytes, onEnd), { headers });
  onEnd();
  return new Response(text === undefined ? (payload as Uint8Array<ArrayBuffer>) : null, { headers });
}

export function encodeSentError(error: MeshError): Response {
  const sent: SentError = {
    problem: JSON.stringify(toProblem(error)),
    retryAfterSeconds: error.retryAfterSeconds,
    cause: error.cause === undefined ? undefined : inWords(error.cause),
  };
  return Response.json(sent, { status: FAILED });
}

/** @throws MeshError what the object says went wrong. */
export async function decodeSentReply(response: Response): Promise<Reply> {
  if (response.status === FAILED) throw readError((await response.json()) as SentError);
  const { stream, text, ...rest } = readHead(response.headers) as ReplyHead;
  return { ...rest, ...(await bodyOf(response, { stream, text })) };
}

async function bodyOf(
  message: Request | Response,
  { stream, text }: BodyHead,
): Promise<Pick<Call, "payload" | "stream">> {
  if (text !== undefined) return { payload: encoder.encode(text), stream: undefined };
  if (stream === undefined) return { payload: await message.bytes(), stream: undefined };
  const { body } = message;
  return {
    payload: NOTHING,
    stream: body === null ? undefined : { bytes: unframed(body), lengthBytes: stream.lengthBytes },
  };
}

/** A payload as text, when it is short and comes out of that as the same bytes. */
function shortText(payload: Uint8Array): string | undefined {
  if (payload.length > SHORT_BYTES) return undefined;
  try {
    return decoder.decode(payload);
  } catch {
    // It is not text.
    return undefined;
  }
}

function readHead(headers: Headers): unknown {
  return JSON.parse(headers.get(HEAD_HEADER) ?? "");
}

function readError({ problem, retryAfterSeconds, cause }: SentError): MeshError {
  const error = fromProblem(problem, {
    description: "",
    status: FAILED,
    retryAfterSeconds: retryAfterSeconds ?? Number.NaN,
  });
  // Only what is logged here has a cause; a problem document holds none.
  return cause === undefined ? error : withCause(error, new Error(cause));
}

function inWords(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : "something that is no error was thrown";
}

function withCause(error: MeshError, cause: Error): MeshError {
  const { code, message, status, reason, data, issues, retryAfterSeconds } = error;
  return new MeshError(code, message, {
    status,
    ...(reason !== undefined && { reason }),
    ...(data !== undefined && { data }),
    ...(issues !== undefined && { issues }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    cause,
  });
}
