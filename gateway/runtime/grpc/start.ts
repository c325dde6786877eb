import { Server, ServerCredentials, logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import type { Closable } from "../../../mesh/lifecycle.ts";
import type { Log } from "../../../mesh/log.ts";
import type { CallParts } from "../../call-path.ts";
import type { WorkerHub } from "../../space-cloud/workers.ts";
import { GrpcAddressError } from "./address-error.ts";
import { Calls } from "./calls.ts";
import { spaceCloudService } from "./definition.ts";
import { WorkerStreams } from "./worker-streams.ts";

/** What is served over gRPC, and where. */
export interface GrpcOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly calls: CallParts;
  readonly workers: WorkerHub;
  /** How often connections are pinged; one that leaves a ping unanswered for as long again is closed. */
  readonly pingSeconds: number;
  readonly log: Log;
}

/** A gRPC server that listens. */
export interface GrpcServer extends Closable {
  /** `host:port`, with the port that was really taken. */
  readonly address: string;
  /** Takes no new connections and calls; resolves when the calls under way are over. Workers go on serving. May be called twice. */
  drain(): Promise<void>;
  /** Ends what is left, workers' streams too. May be called twice. */
  close(): Promise<void>;
}

/** What every gRPC client sends without being told to. */
const USUAL_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Room for what a message holds besides its JSON. */
const ENVELOPE_BYTES = 64 * 1024;
/** How long the ends of streams may take to reach those who hold them. */
const GOODBYE_MS = 1000;

/**
 * Serves `proto.SpaceCloud`, calls and workers, in plain text.
 * @throws GrpcAddressError when the address cannot be listened at.
 */
export async function startGrpc(options: GrpcOptions): Promise<GrpcServer> {
  const { host, port, calls, workers, pingSeconds, log } = options;
  // It would write to standard error itself; what matters is thrown, or logged here.
  setLogVerbosity(logVerbosity.NONE);
  const limit = Math.max(calls.policy.current.limits.maxBodyBytes, USUAL_MESSAGE_BYTES) + ENVELOPE_BYTES;
  const server = new Server({
    "grpc.max_receive_message_length": limit,
    "grpc.keepalive_time_ms": pingSeconds * 1000,
    "grpc.keepalive_timeout_ms": pingSeconds * 1000,
  });
  const unary = new Calls(calls);
  const streams = new WorkerStreams({ hub: workers, log });
  server.addService(spaceCloudService(), { Call: unary.handle, Service: streams.handle });

  const shownHost = host.includes(":") ? `[${host}]` : host;
  const taken = await listen(server, `${shownHost}:${port}`).catch((error: Error) => {
    throw new GrpcAddressError({ host, port }, error);
  });
  let stopped: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= new Promise((resolve) => server.tryShutdown(() => resolve())));
  const close = async (): Promise<void> => {
    streams.end();
    const late = setTimeout(() => server.forceShutdown(), GOODBYE_MS);
    await stop();
    clearTimeout(late);
  };
  return {
    address: `${shownHost}:${taken}`,
    drain: () => {
      void stop();
      return unary.over();
    },
    close: () => (closing ??= close()),
  };
}

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
