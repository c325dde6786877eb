import type {
  DeployedFunction,
  DeployedLine,
  DeployedName,
  Deployment,
  DeployProgress,
  Home,
  LogsRequest,
} from "../mesh/deployment.ts";
import type { Traffic } from "../mesh/function.ts";
import type { Closable } from "../mesh/lifecycle.ts";

/**
 * Runs images of functions. Adapters: `deployer/local.ts`, `deployer/knative.ts`. Every operation may be broken off and done again:
 * what is to be is written down before anything changes, and doing it again goes on from what there is.
 *
 * All of them throw {@link DeployError} for what an operator or a function's author can mend, and reject with the signal's reason
 * when it aborts.
 */
export interface Deployer extends Closable {
  readonly home: Home;
  /** How calls get to functions that nobody serves at the moment. */
  readonly onDemand: OnDemand;
  /**
   * Makes a version run, and sends calls where its traffic says once it is ready; those before it go on until then. Resolves when
   * all that is so. A version that is there already with the same content is left alone, so that doing it again costs nothing.
   */
  deploy(deployment: Deployment, call: DeployCall): Promise<DeployedFunction>;
  /** Sends calls to versions that were deployed. @throws DeployError `not_found` naming a version that was not. */
  setTraffic(name: DeployedName, traffic: Traffic, call: DeployCall): Promise<DeployedFunction>;
  describe(name: DeployedName, call: { readonly signal: AbortSignal }): Promise<DeployedFunction | undefined>;
  /** All of a project, by label. */
  list(project: string, call: { readonly signal: AbortSignal }): Promise<readonly DeployedFunction[]>;
  /** What it wrote, oldest first. @throws DeployError `not_found`. */
  logs(request: LogsRequest, call: { readonly signal: AbortSignal }): AsyncIterable<DeployedLine>;
  /** Resolves when nothing of it runs any more, also when nothing did; calls in flight are finished first. */
  remove(name: DeployedName, call: DeployCall): Promise<void>;
  /** Tells which functions are deployed: at once, and whenever that changes. Returns how to stop that. */
  watch(listener: (names: readonly DeployedName[]) => void): () => void;
}

/** How an operation is watched and ended. */
export interface DeployCall {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: DeployProgress) => void) | undefined;
}

/** Either it can be woken, and then serves calls in the mesh itself, or there is a route that has it started. */
export type OnDemand =
  | {
      readonly kind: "wake";
      /**
       * Resolves when an instance of it takes calls in the mesh; many callers wait for the same one.
       * @throws DeployError saying why there is none.
       */
      wake(name: DeployedName, call: { readonly signal: AbortSignal }): Promise<void>;
    }
  | {
      readonly kind: "route";
      /** Where it is called by HTTP; `undefined` when it is not deployed. */
      routeOf(name: DeployedName): Route | undefined;
    };

/** Where a function is called by HTTP. */
export interface Route {
  /** Where to connect to. */
  readonly url: string;
  /** The `Host` that is meant, where it is not the URL's. */
  readonly host?: string | undefined;
}
