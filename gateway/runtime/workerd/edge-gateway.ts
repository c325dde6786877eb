import { MeshError } from "../../../mesh/errors.ts";
import { type Gateway, createGateway } from "../../app.ts";
import { problemResponse } from "../../problem.ts";
import { requestFacts } from "../../request-facts.ts";
import { socketRoutes } from "../../space-cloud/socket/path.ts";
import { edgeLog } from "./edge-log.ts";
import { EdgePolicy } from "./edge-policy.ts";
import { noMetrics } from "./no-metrics.ts";
import { ObjectLink } from "./object-link.ts";
import type { Bindings, RequestContext } from "./platform.ts";
import { readSettings } from "./settings.ts";

const log = edgeLog("gateway");

/** The gateway of one isolate, which serves many requests, some of them at the same time. */
export class EdgeGateway {
  #parts: { readonly app: Gateway; readonly policy: EdgePolicy } | undefined;

  async fetch(request: Request, bindings: Bindings, context: RequestContext): Promise<Response> {
    try {
      this.#parts ??= assemble(bindings);
    } catch (error) {
      log.error("the gateway cannot start", { error });
      return problemResponse(MeshError.from(error), requestFacts(request.headers));
    }
    const { app, policy } = this.#parts;
    const fresh = policy.freshen(context);
    if (fresh !== undefined) await fresh;
    return await app.fetch(request);
  }
}

function assemble(bindings: Bindings): { app: Gateway; policy: EdgePolicy } {
  const settings = readSettings(bindings);
  const link = new ObjectLink(settings.objects, settings.links);
  const policy = new EdgePolicy({ settings, link, log });
  return {
    app: createGateway({
      link,
      policy: policy.live,
      metrics: noMetrics,
      log,
      routes: [socketRoutes({ hasSockets: false })],
    }),
    policy,
  };
}
