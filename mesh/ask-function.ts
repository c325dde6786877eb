import type { Broker, Message, RequestOptions } from "./broker.ts";
import type { FunctionAddress } from "./names.ts";
import { functionSubject, idleSubject } from "./subjects.ts";
import { NobodyThere } from "./nobody-there.ts";

/**
 * Hands a call's message to one of those who serve the function; while nobody does, to whoever can have it served. Which of the
 * two it is costs nothing to find out: that nobody is there is known after one round trip.
 *
 * @throws NobodyThere when there is neither; MeshError as `Broker.request`.
 */
export async function askFunction(
  broker: Broker,
  to: FunctionAddress,
  message: Message,
  options: RequestOptions,
): Promise<Message> {
  const startedAt = performance.now();
  try {
    return await broker.request(functionSubject(to), message, options);
  } catch (error) {
    if (!(error instanceof NobodyThere)) throw error;
    // It has run out while nobody was found.
    const timeoutMs = Math.max(1, options.timeoutMs - Math.floor(performance.now() - startedAt));
    return await askIdle(broker, to, message, { ...options, timeoutMs }, error);
  }
}

async function askIdle(
  broker: Broker,
  to: FunctionAddress,
  message: Message,
  options: RequestOptions,
  unserved: NobodyThere,
): Promise<Message> {
  try {
    return await broker.request(idleSubject(to), message, options);
  } catch (error) {
    throw error instanceof NobodyThere ? unserved : error;
  }
}
