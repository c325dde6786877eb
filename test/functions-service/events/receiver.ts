import { type ChannelModel, type GetMessage, connect } from "amqplib";

const EXCHANGE = "functions.events";

/** Declares a durable queue bound to the events that `pattern` names; `arguments` are the queue's. */
export async function bindQueue(
  url: string,
  options: { queue: string; pattern?: string; arguments?: Record<string, unknown> },
): Promise<void> {
  const { queue, pattern = "#", arguments: settings = {} } = options;
  await withChannel(url, async (channel) => {
    await channel.assertExchange(EXCHANGE, "topic", { durable: true });
    await channel.assertQueue(queue, { durable: true, arguments: settings });
    await channel.bindQueue(queue, EXCHANGE, pattern);
  });
}

/** Takes what is in a queue, in order. */
export async function takeAll(url: string, queue: string): Promise<GetMessage[]> {
  return withChannel(url, async (channel) => {
    const messages: GetMessage[] = [];
    for (;;) {
      const message = await channel.get(queue, { noAck: true });
      if (message === false) return messages;
      messages.push(message);
    }
  });
}

export function idsOf(messages: readonly GetMessage[]): string[] {
  return messages.map(({ properties }) => String(properties.messageId));
}

export async function withChannel<Result>(
  url: string,
  work: (channel: Awaited<ReturnType<ChannelModel["createChannel"]>>) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(url);
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}
