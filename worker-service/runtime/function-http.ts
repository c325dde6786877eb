import type { Broker } from "../../mesh/broker.ts";
import { Caller } from "../../mesh/caller.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import { callSpans } from "../call-spans.ts";
import type { FunctionConfig } from "../function-config.ts";
import type { FunctionShape } from "../function-shape.ts";
import { HttpFunction } from "../http-function.ts";
import { listen } from "./function-server.ts";

/** A function that is served by HTTP. Closing it ends its connections. */
export interface ServedByHttp extends Closable {
  readonly port: number;
  /** Takes no new calls and resolves when those in flight are done. */
  drain(): Promise<void>;
}

/** Serves a function by HTTP on that port. */
export async function serveHttp(options: {
  readonly port: number;
  readonly shape: FunctionShape;
  readonly config: FunctionConfig;
  readonly project: string;
  readonly broker: Broker;
  readonly tracing: Tracing | undefined;
  readonly log: Log;
}): Promise<ServedByHttp> {
  const { shape, config, project, broker, tracing, log } = options;
  const { service, version } = config;
  const [{ name } = { name: "" }] = shape.endpoints;
  const startSpan = callSpans(tracing, { address: { project, service, function: name }, version });
  const http = new HttpFunction({ shape, config, log, startSpan, caller: new Caller(broker, project, tracing) });
  const server = await listen(options.port, (request) => http.handle(request));
  return { port: server.port, drain: () => http.drain(), close: () => server.close() };
}
