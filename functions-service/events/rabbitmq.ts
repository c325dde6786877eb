import type { Log } from "../../mesh/log.ts";
import type { Notice } from "./cloud-event.ts";
import { RabbitmqConnection, type Session } from "./rabbitmq/connection.ts";
import { type Layout, exchangeLayout, queueLayout } from "./rabbitmq/message.ts";
import type { Delivery, Sink } from "./sink.ts";

/**
 * How events are laid out: as CloudEvents on the topic exchange `functions.events`, or as plain events in the queue
 * `event-queue` on the default exchange, where older consumers read them.
 */
export type RabbitmqLayout = "exchange" | "queue";

export interface RabbitmqOptions {
  /** `amqp://user:password@host:5672/vhost`, or `amqps://`. */
  readonly url: string;
  /** Default: `exchange`. */
  readonly layout?: RabbitmqLayout | undefined;
  /**
   * Keep events for which no queue is bound, and all that come after them, until one is. Default: false; RabbitMQ
   * drops them, as it does for any exchange, and the log says so once.
   */
  readonly keepUnroutable?: boolean;
  readonly log: Log;
}

const LAYOUTS: Readonly<Record<RabbitmqLayout, Layout>> = { exchange: exchangeLayout, queue: queueLayout };

/**
 * Events on RabbitMQ: persistent messages, each confirmed by the server, on one connection that is opened again after it broke.
 * @throws TypeError for a URL that is none of RabbitMQ's.
 */
export function rabbitmqSink(options: RabbitmqOptions): Sink {
  const { url, keepUnroutable = false, log } = options;
  if (!["amqp:", "amqps:"].includes(URL.parse(url)?.protocol ?? "")) {
    throw new TypeError("the URL of RabbitMQ is not valid; write it as amqp://user:password@host:5672/vhost");
  }
  const layout = LAYOUTS[options.layout ?? "exchange"];
  const returned = new Set<string>();
  let hasToldOfReturned = false;
  const connection = new RabbitmqConnection({ url, layout, log, onReturned: (id) => void returned.add(id) });

  /** Resolves with why the message was not taken, or `undefined`. */
  const send = ({ channel, failure }: Session, notice: Notice): Promise<Error | undefined> => {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    const { routingKey, content, properties } = layout.encode(notice);
    if (failure !== undefined) return Promise.resolve(failure);
    channel.publish(layout.exchange, routingKey, content, properties, (error: unknown) => {
      // The server says that nobody wanted it before it confirms it.
      const isReturned = returned.delete(notice.id);
      if (error instanceof Error) resolve(error);
      else resolve(isReturned ? unroutable(routingKey) : undefined);
    });
    return promise;
  };

  const unroutable = (routingKey: string): Error | undefined => {
    const text = `no queue is bound for events like "${routingKey}" on the exchange "${layout.exchange}"`;
    if (keepUnroutable) return new Error(`${text}; bind one`);
    if (!hasToldOfReturned) log.warn(`${text}: RabbitMQ drops them; bind one if somebody wants them`);
    hasToldOfReturned = true;
    return undefined;
  };

  return {
    name: "rabbitmq",
    isWhole: false,
    async publish(notices, signal) {
      const confirmed: number[] = [];
      let failure: Error | undefined;
      const work = async (): Promise<void> => {
        const session = await connection.open();
        const sending = notices.map(async (notice) => {
          const problem = await send(session, notice);
          if (problem === undefined) confirmed.push(notice.sequence);
          else failure ??= session.failure ?? refused(problem);
        });
        await Promise.all(sending);
      };
      try {
        if (!signal.aborted) await untilAborted(work(), signal);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      // A copy: what is confirmed after the signal is told again.
      return { confirmed: [...confirmed], failure } satisfies Delivery;
    },
    close: () => connection.close(),
  };
}

function refused(problem: Error): Error {
  return problem.message === "message nacked"
    ? new Error("RabbitMQ refuses events; a queue they are meant for is full", { cause: problem })
    : problem;
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
