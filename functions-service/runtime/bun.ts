import type { Broker } from "../../mesh/broker.ts";
import { Caller } from "../../mesh/caller.ts";
import { CloseStack, type Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { type FunctionsApp, createFunctionsApp } from "../app.ts";
import type { CallMesh } from "../ask-mesh.ts";
import { natsSink } from "../events/nats-sink.ts";
import { type RabbitmqLayout, rabbitmqSink } from "../events/rabbitmq.ts";
import { startProjector } from "../events/projector.ts";
import { startPruner } from "../events/pruner.ts";
import { startReconciler } from "../events/reconciler.ts";
import { startRecorder } from "../events/recorder.ts";
import { Relay } from "../events/relay.ts";
import { wakingJournal } from "../events/waking-journal.ts";
import { startJobRunner } from "../jobs/runner.ts";
import { openStore } from "./open-store.ts";
import { installedSwaggerAssets } from "./swagger-assets.ts";

/** What the service needs to run. */
export interface FunctionsServiceOptions {
  /** `sqlite:<file>` or a `postgres:` URL. */
  readonly databaseUrl: string;
  /** The RabbitMQ that is told of events, besides whoever listens on the broker. */
  readonly rabbitmqUrl: string | undefined;
  /** How it is told. Default: `exchange`. */
  readonly rabbitmqLayout?: RabbitmqLayout | undefined;
  /** How many changes of events may wait for one of these before no more begin. Default: 1 000 000. */
  readonly maxBacklog?: number | undefined;
  /** Days after which events that have ended are forgotten. Default: never. */
  readonly keepDays?: number | undefined;
  readonly broker: Broker;
  readonly log: Log;
  /** Shown in the API's document. */
  readonly version: string;
}

/** The functions service with its store open. Closing it comes after closing its projects. */
export interface FunctionsService extends Closable {
  /**
   * Begins to record a project's invocations, and gives the handler of its HTTP API for whoever hosts it.
   * @throws MeshError `broker_unavailable` when the broker is not connected.
   */
  openProject(project: string): Promise<ProjectFunctions>;
}

/** The functions service of one project. */
export interface ProjectFunctions extends FunctionsApp, Closable {}

/**
 * Opens the store, and begins to tell of events and to end overdue invocations.
 * @throws StoreStartError saying why the database cannot be used, without its password.
 */
export async function openFunctionsService(options: FunctionsServiceOptions): Promise<FunctionsService> {
  const { databaseUrl, rabbitmqUrl, rabbitmqLayout, maxBacklog, keepDays, broker, log, version } = options;
  const stack = new CloseStack();
  const opened = stack.use(await openStore(databaseUrl, log, { maxBacklog }));
  try {
    const sinks = [stack.use(natsSink({ broker, log }))];
    if (rabbitmqUrl !== undefined)
      sinks.push(stack.use(rabbitmqSink({ url: rabbitmqUrl, layout: rabbitmqLayout, log })));
    const relay = stack.use(new Relay({ journal: opened.journal, sinks, log }));
    await relay.start();
    const projector = stack.use(startProjector({ journal: opened.journal, log }));
    projector.onProgress(() => relay.wake());
    const journal = wakingJournal(opened.journal, () => projector.wake());
    const store = { ...opened, journal };
    stack.use(startPruner({ ...opened, keepDays, log }));
    stack.use(startReconciler({ events: opened.events, journal, log }));
    return {
      async openProject(project) {
        const recorder = await startRecorder({ broker, project, journal, log });
        const caller = new Caller(broker, project);
        const call: CallMesh = (service, name, params, options) => caller.call(service, name, params, options);
        const runner = startJobRunner({ store, project, call, log });
        const app = createFunctionsApp({
          store,
          project,
          version,
          onProgress: (listener) => projector.onProgress(listener),
          wakeJobs: () => runner.wake(),
          swaggerAssets: installedSwaggerAssets,
          now: () => new Date(),
        });
        return { ...app, close: () => Promise.all([recorder.close(), runner.close()]).then(() => undefined) };
      },
      close: () => stack.close(),
    };
  } catch (error) {
    await stack.close();
    throw error;
  }
}
