import type { DistantBroker } from "../../mesh/broker/nats-bun.ts";
import { type Closable, CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import type { FunctionConfig } from "../function-config.ts";
import type { FunctionShape } from "../function-shape.ts";
import { type HostedService, host } from "../host.ts";
import { type Controlled, reportInstance } from "../instance-control.ts";
import { publishLog } from "../log-publisher.ts";
import type { LogTail } from "../log-tail.ts";
import { type ServiceDefinition, defineService } from "../service.ts";
import { within } from "./within.ts";

/** What a call that was told to end may take to do so. */
const LAST_WORDS_MS = 1_000;

/** A function on its way into the mesh, or there. Closing it sends the last lines of its log. */
export interface ServedByMesh extends Closable {
  /** Takes no new calls and resolves when those in flight are done, or did not end when they were told to. */
  drain(): Promise<void>;
}

/** Puts a function on the broker as soon as that can be reached. */
export function joinMesh(
  nats: DistantBroker,
  options: {
    readonly shape: FunctionShape;
    readonly config: FunctionConfig;
    readonly project: string;
    readonly tail: LogTail;
    readonly tracing: Tracing | undefined;
    readonly log: Log;
  },
): ServedByMesh {
  const { shape, config, project, tail, tracing, log } = options;
  const { service, instance, finishMs } = config;
  const parts = new CloseStack();
  let hosted: HostedService | undefined;
  const join = async (): Promise<void> => {
    await nats.connect();
    parts.use(publishLog(tail, { broker: nats, project, service }));
    hosted = await host(serviceOf(shape, config), { ...config, broker: nats, project, log, tracing });
    if (instance === undefined) return;
    const address = { project, service, instance };
    parts.use(await reportInstance(controlled(hosted, config), { broker: nats, address, log }));
  };
  join().catch((error: unknown) => {
    if (nats.status !== "closed") log.error("the function could not join the mesh", { error });
  });
  return {
    drain: () => (hosted === undefined ? Promise.resolve() : within(finishMs + LAST_WORDS_MS, hosted.drain())),
    close: () => parts.close(),
  };
}

function serviceOf({ endpoints }: FunctionShape, { service, version, bounds }: FunctionConfig): ServiceDefinition {
  return { ...defineService(service, { handler: () => undefined }, { version, ...bounds }), endpoints };
}

function controlled(hosted: HostedService, { storedVersion }: FunctionConfig): Controlled {
  return {
    report: () => ({ ...hosted.load(), version: storedVersion }),
    setShare: (share) => hosted.setShare(share),
  };
}
