import { dirname } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import type { FunctionsService, ProjectFunctions } from "../../functions-service/runtime/bun.ts";
import type { GatewayConfig } from "../../gateway/config.ts";
import type { Broker } from "../../mesh/broker.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { FUNCTIONS_SERVICE } from "../../mesh/names.ts";
import { pause } from "../../mesh/pause.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import { type HostedService, host } from "../../worker-service/host.ts";
import { defineService } from "../../worker-service/service.ts";
import { BackOff } from "../up/back-off.ts";
import { openService } from "./open-service.ts";

/** What hosting the functions service needs. */
export interface HostedFunctionsOptions {
  readonly configFile: string;
  readonly broker: Broker;
  /** Tells whether it runs. */
  readonly log: Log;
  /** What it says itself. */
  readonly serviceLog: Log;
  /** Where the spans of its calls go; without it there are none. */
  readonly tracing?: Tracing | undefined;
}

/** The functions service of a project, in the mesh. */
interface HostedProject {
  readonly functions: ProjectFunctions;
  readonly service: HostedService;
}

/**
 * The functions service, hosted for every project of a configuration. Its database may come later: until then the mesh goes
 * on without it, and it is tried again.
 */
export class HostedFunctions implements Closable {
  /** Resolves when it takes calls, or with why it does not yet. */
  readonly settled: Promise<Error | undefined>;
  readonly #options: HostedFunctionsOptions;
  readonly #open: () => Promise<FunctionsService>;
  readonly #hosted = new Map<string, HostedProject>();
  readonly #stopping = new AbortController();
  #wanted: ReadonlySet<string>;
  #service: FunctionsService | undefined;
  /** What changes its projects, one after the other. */
  #changing: Promise<void>;

  constructor(config: GatewayConfig, options: HostedFunctionsOptions) {
    this.#options = options;
    const { configFile, broker, serviceLog: log } = options;
    this.#open = () => openService(config.functions, { folder: dirname(configFile), broker, log });
    this.#wanted = projectsOf(config);
    const first = this.#tryOpen();
    this.settled = first;
    this.#changing = first.then((error) => this.#tryOn(error));
  }

  /** Hosts it for the projects of another configuration. */
  follow(config: GatewayConfig): void {
    this.#wanted = projectsOf(config);
    this.#changing = this.#changing.then(() => this.#tryOpen()).then((error) => this.#tryOn(error));
  }

  /** Ends the streams that have no end of their own: for who stops what they go through. Their clients come back. */
  endStreams(): void {
    for (const { functions } of this.#hosted.values()) functions.endStreams();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#changing;
    await Promise.all([...this.#hosted.keys()].map((project) => this.#leave(project)));
    await this.#service?.close();
  }

  async #tryOn(first: Error | undefined): Promise<void> {
    if (first === undefined) return;
    const { log } = this.#options;
    const { signal } = this.#stopping;
    const backOff = new BackOff();
    let reason = "";
    for (let error: Error | undefined = first; error !== undefined && !signal.aborted; error = await this.#tryOpen()) {
      if (error.message !== reason) {
        reason = error.message;
        log.error(`functions and events are not kept: ${reason}; other calls go on, and this is tried again`);
      }
      await pause(backOff.next(), signal);
    }
    if (!signal.aborted) log.info("functions and events are kept again");
  }

  /** Resolves with what went wrong. */
  async #tryOpen(): Promise<Error | undefined> {
    if (this.#stopping.signal.aborted) return undefined;
    try {
      this.#service ??= await this.#open();
      await this.#hostWanted();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #hostWanted(): Promise<void> {
    const service = this.#service;
    if (service === undefined || this.#stopping.signal.aborted) return;
    for (const project of this.#wanted) {
      if (!this.#hosted.has(project)) this.#hosted.set(project, await this.#host(service, project));
    }
    for (const project of this.#hosted.keys()) if (!this.#wanted.has(project)) await this.#leave(project);
  }

  async #host(from: FunctionsService, project: string): Promise<HostedProject> {
    const { broker, tracing, serviceLog: log } = this.#options;
    const functions = await from.openProject(project);
    const definition = defineService(FUNCTIONS_SERVICE, (request, context) => functions.fetch(request, context), {
      version: packageJson.version,
      description: "Keeps stored functions and events",
    });
    try {
      return { functions, service: await host(definition, { broker, project, log, tracing }) };
    } catch (error) {
      await functions.close();
      throw error;
    }
  }

  async #leave(project: string): Promise<void> {
    const hosted = this.#hosted.get(project);
    this.#hosted.delete(project);
    hosted?.functions.endStreams();
    await hosted?.service.drain();
    await hosted?.functions.close();
  }
}

function projectsOf({ projects }: GatewayConfig): ReadonlySet<string> {
  return new Set(projects.map(({ id }) => id));
}
