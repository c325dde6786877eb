import type { Metadata, ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import type { CallParts } from "../../call-path.ts";
import type { FunctionsRequest, FunctionsResponse } from "../../space-cloud/grpc/messages.ts";
import { type CallMessage, type MessageAnswer, messageCalls } from "../../space-cloud/message-call.ts";

const WAY = {
  route: "/proto.SpaceCloud/Call",
  span: {
    name: "proto.SpaceCloud/Call",
    attributes: { "rpc.system": "grpc", "rpc.service": "proto.SpaceCloud", "rpc.method": "Call" },
  },
};

/** What calls over HTTP may say in headers of the same names. */
const HEADERS = ["traceparent", "tracestate", "baggage", "x-request-id"];

/** The `Call` method. */
export class Calls {
  readonly #answer: (message: CallMessage) => Promise<MessageAnswer>;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: CallParts) {
    this.#answer = messageCalls(WAY, parts);
  }

  readonly handle = (
    call: ServerUnaryCall<FunctionsRequest, FunctionsResponse>,
    respond: sendUnaryData<FunctionsResponse>,
  ): void => {
    const asker = new AbortController();
    call.on("cancelled", () => asker.abort());
    const answered = this.#answer({ ...call.request, headers: headersOf(call.metadata), asker })
      .then((answer) => respond(null, answer))
      .finally(() => this.#underWay.delete(answered));
    this.#underWay.add(answered);
  };

  /** Resolves when no call is under way. */
  async over(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}

function headersOf(metadata: Metadata): Headers {
  const headers = new Headers();
  for (const name of HEADERS) {
    const [value] = metadata.get(name);
    if (typeof value === "string") headers.set(name, value);
  }
  return headers;
}
