import type { Broker, IncomingMessage } from "../mesh/broker.ts";
import { CALL_HEADERS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { FETCH_FUNCTION } from "../mesh/http.ts";
import type { Closable } from "../mesh/lifecycle.ts";
import type { Log } from "../mesh/log.ts";
import { type FunctionAddress, STORED_FUNCTION } from "../mesh/names.ts";
import { CallInHand } from "./activator/call-in-hand.ts";
import { callRoute } from "./activator/call-route.ts";
import { CallsInHand, type WaitingBounds } from "./activator/calls-in-hand.ts";
import { DeployedSubjects } from "./activator/deployed-subjects.ts";
import type { Fetch } from "./activator/route-request.ts";
import { wakeFor } from "./activator/wake.ts";
import { whyNot } from "./activator/why-not.ts";
import type { Deployer } from "./deployer.ts";

/** What answering for functions that nobody serves needs. */
export interface ActivatorOptions {
  readonly broker: Broker;
  readonly deployer: Pick<Deployer, "onDemand" | "watch">;
  readonly log: Log;
  /** How much may wait at a time; beyond, callers are told `overloaded`. Default 10 000 calls, 64 MiB. */
  readonly waiting?: WaitingBounds;
  /** How long calls may take to finish when it closes. Default 25 000 milliseconds. */
  readonly finishMs?: number;
  /** Makes the HTTP calls to a home that has routes. Default: the platform's `fetch`. */
  readonly fetch?: Fetch;
}

const WAITING: WaitingBounds = { calls: 10_000, bytes: 64 * 1024 * 1024 };
const FINISH_MS = 25_000;
const FUNCTIONS: ReadonlySet<string> = new Set([STORED_FUNCTION, FETCH_FUNCTION]);

/**
 * Takes the calls of deployed functions that nobody serves at the moment, and has them served: wakes an instance and hands them
 * over, or calls the function's route. As soon as a worker is there calls go to it, past this. Resolves when the broker has
 * confirmed. Closing takes no more calls and lets those in hand finish.
 *
 * @throws MeshError `broker_unavailable`.
 */
export async function startActivator(options: ActivatorOptions): Promise<Closable> {
  const { broker, deployer } = options;
  const activator = new Activator(options);
  const unwatch = deployer.watch((names) => activator.subjects.set(names));
  try {
    await broker.flush();
  } catch (error) {
    unwatch();
    await activator.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    close() {
      unwatch();
      return (closing ??= activator.close());
    },
  };
}

class Activator {
  readonly subjects: DeployedSubjects;
  readonly #calls: CallsInHand;
  readonly #bring: (call: CallInHand) => Promise<void>;
  readonly #finishMs: number;
  readonly #log: Log;

  constructor(options: ActivatorOptions) {
    const { broker, log, waiting = WAITING, finishMs = FINISH_MS } = options;
    this.#log = log;
    this.#finishMs = finishMs;
    this.#bring = bringerOf(options);
    this.#calls = new CallsInHand(waiting);
    this.subjects = new DeployedSubjects(
      broker,
      {
        onCall: (message, to) => this.#take(message, to),
        holds: (id) => this.#calls.holds(id),
        onGivenUp: (id) => this.#calls.end(id, new MeshError("cancelled", "the caller gave up")),
      },
      log,
    );
  }

  async close(): Promise<void> {
    await this.subjects.drain();
    const timer = setTimeout(() => this.#calls.endAll(stopping), this.#finishMs);
    await this.#calls.none();
    clearTimeout(timer);
    await this.subjects.close();
  }

  #take(message: IncomingMessage, to: FunctionAddress): void {
    // Sent again while it waits: whoever asks hears both answers.
    if (this.#calls.holds(message.headers[CALL_HEADERS.id] ?? "")) return;
    const call = new CallInHand(message, { to, log: this.#log });
    const isFull = this.#calls.isFullFor(message.payload.length);
    const refusal = isFull ? overloaded(to) : FUNCTIONS.has(to.function) ? undefined : notFound(to);
    if (refusal !== undefined) {
      call.refuse(refusal);
      call.liftDeadline();
      return;
    }
    this.#calls.add(call);
    void this.#see(call);
  }

  async #see(call: CallInHand): Promise<void> {
    try {
      await this.#bring(call);
    } catch (thrown) {
      const error = whyNot(thrown, call.to.service);
      // Why a function does not run, its home says: once, and not for each of those who call it.
      if (error.code === "internal" || error.code === "bad_reply") {
        this.#log.warn("a call could not be brought to its function", { ...call.to, callId: call.id, error: thrown });
      }
      call.refuse(error);
    } finally {
      call.liftDeadline();
      this.#calls.remove(call);
    }
  }
}

function bringerOf({ broker, deployer, fetch: given }: ActivatorOptions): (call: CallInHand) => Promise<void> {
  const { onDemand } = deployer;
  const http = given ?? ((url, init) => fetch(url, init));
  return onDemand.kind === "wake"
    ? (call) => wakeFor(call, { broker, wake: (name, how) => onDemand.wake(name, how) })
    : (call) => callRoute(call, { broker, fetch: http, routeOf: (name) => onDemand.routeOf(name) });
}

function stopping({ mayHaveRun }: CallInHand): MeshError {
  return mayHaveRun
    ? new MeshError("bad_reply", "the deployer stopped before the answer; whether the call had an effect is not known")
    : new MeshError("worker_unavailable", "the deployer is stopping", { retryAfterSeconds: 1 });
}

function overloaded({ service }: FunctionAddress): MeshError {
  const text = `too many calls wait for functions that are being started, of which "${service}" is one`;
  return new MeshError("overloaded", text, { retryAfterSeconds: 1 });
}

function notFound({ service, function: name }: FunctionAddress): MeshError {
  return new MeshError("function_not_found", `there is no function "${service}.${name}": what is deployed has others`);
}
