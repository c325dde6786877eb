import type { GatewayConfig } from "../../gateway/config.ts";
import type { Broker } from "../../mesh/broker.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import { type HostedService, host } from "../../worker-service/host.ts";
import type { ServiceDefinition } from "../../worker-service/service.ts";
import { BackOff } from "../up/back-off.ts";

/** Where a part of the mesh is hosted. */
export interface HostingOptions {
  readonly configFile: string;
  readonly broker: Broker;
  /** Tells whether it runs. */
  readonly log: Log;
  /** What it says itself. */
  readonly serviceLog: Log;
  /** Where the spans of its calls go; without it there are none. */
  readonly tracing?: Tracing | undefined;
}

/** What a part of the mesh may need besides. */
export interface PartOptions extends HostingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The broker's address, with its credentials. */
  readonly brokerUrl: string;
  /** Of a broker that runs in this process: the same, by a socket in a folder. */
  readonly brokerSocketUrl?: string | undefined;
}

/** A part of the mesh that has a service in every project. */
export interface HostedPart {
  /** @throws Error saying what is in its way; it is then tried again. */
  open(): Promise<OpenPart>;
  /** Said while it cannot be opened: `functions and events are not kept`. */
  readonly whileDown: string;
  /** Said when it can again. */
  readonly whenBack: string;
}

/** What is behind the services. Closing it comes after closing its projects. */
export interface OpenPart extends Closable {
  openProject(project: string): Promise<ProjectPart>;
}

/** The service of one project. */
export interface ProjectPart extends Closable {
  readonly definition: ServiceDefinition;
  /** Ends the streams that have no end of their own. */
  endStreams?(): void;
}

interface Hosted {
  readonly part: ProjectPart;
  readonly service: HostedService;
}

/**
 * A part of the mesh, hosted for every project of a configuration. What it needs, such as a database, may come later: until then
 * the mesh goes on without it, and it is tried again.
 */
export class HostedProjects implements Closable {
  /** Resolves when it takes calls, or with why it does not yet. */
  readonly settled: Promise<Error | undefined>;
  readonly #part: HostedPart;
  readonly #options: HostingOptions;
  readonly #hosted = new Map<string, Hosted>();
  readonly #stopping = new AbortController();
  #wanted: ReadonlySet<string>;
  #open: OpenPart | undefined;
  /** What changes its projects, one after the other. */
  #changing: Promise<void>;

  constructor(part: HostedPart, config: GatewayConfig, options: HostingOptions) {
    this.#part = part;
    this.#options = options;
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
    for (const { part } of this.#hosted.values()) part.endStreams?.();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#changing;
    await Promise.all([...this.#hosted.keys()].map((project) => this.#leave(project)));
    await this.#open?.close();
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
        log.error(`${this.#part.whileDown}: ${reason}; other calls go on, and this is tried again`);
      }
      await pause(backOff.next(), signal);
    }
    if (!signal.aborted) log.info(this.#part.whenBack);
  }

  /** Resolves with what went wrong. */
  async #tryOpen(): Promise<Error | undefined> {
    if (this.#stopping.signal.aborted) return undefined;
    try {
      this.#open ??= await this.#part.open();
      await this.#hostWanted(this.#open);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #hostWanted(open: OpenPart): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    for (const project of this.#wanted) {
      if (!this.#hosted.has(project)) this.#hosted.set(project, await this.#host(open, project));
    }
    for (const project of this.#hosted.keys()) if (!this.#wanted.has(project)) await this.#leave(project);
  }

  async #host(open: OpenPart, project: string): Promise<Hosted> {
    const { broker, tracing, serviceLog: log } = this.#options;
    const part = await open.openProject(project);
    try {
      return { part, service: await host(part.definition, { broker, project, log, tracing }) };
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  async #leave(project: string): Promise<void> {
    const hosted = this.#hosted.get(project);
    this.#hosted.delete(project);
    hosted?.part.endStreams?.();
    await hosted?.service.drain();
    await hosted?.part.close();
  }
}

function projectsOf({ projects }: GatewayConfig): ReadonlySet<string> {
  return new Set(projects.map(({ id }) => id));
}
