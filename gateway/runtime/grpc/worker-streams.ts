import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import type { Log } from "../../../mesh/log.ts";
import type { FunctionsPayload } from "../../space-cloud/grpc/messages.ts";
import { WorkerStream } from "../../space-cloud/grpc/worker-stream.ts";
import type { WorkerHub } from "../../space-cloud/workers.ts";

type Stream = ServerDuplexStream<FunctionsPayload, Partial<FunctionsPayload>>;

/** As many as there may be websockets. */
const MAX_STREAMS = 10_000;

/** The `Service` method: a worker on each stream. */
export class WorkerStreams {
  readonly #parts: { readonly hub: WorkerHub; readonly log: Log };
  readonly #open = new Set<Stream>();

  constructor(parts: { readonly hub: WorkerHub; readonly log: Log }) {
    this.#parts = parts;
  }

  readonly handle = (stream: Stream): void => {
    if (this.#open.size >= MAX_STREAMS) {
      return end(stream, { code: status.RESOURCE_EXHAUSTED, details: "there are too many workers at this gateway" });
    }
    const worker = new WorkerStream(
      {
        send: (payload, done) => void stream.write(payload, () => done()),
        pause: () => void stream.pause(),
        resume: () => void stream.resume(),
        breakOff: (details) => end(stream, { code: status.RESOURCE_EXHAUSTED, details }),
      },
      this.#parts,
    );
    this.#open.add(stream);
    const gone = (): void => {
      this.#open.delete(stream);
      worker.gone();
    };
    stream.on("data", (payload: FunctionsPayload) => worker.receive(payload));
    stream.on("end", () => {
      gone();
      stream.end();
    });
    stream.on("cancelled", gone);
    stream.on("error", gone);
    stream.on("close", gone);
  };

  /** Ends all streams with an error: after one the clients of 2019 come back, and an end without one they take for final. */
  end(): void {
    for (const stream of this.#open) end(stream, { code: status.UNAVAILABLE, details: "the gateway is closing" });
  }
}

/** What is emitted as an error the library ends the stream with. */
function end(stream: Stream, error: { readonly code: number; readonly details: string }): void {
  stream.emit("error", error);
}
