import { type Broker, EMPTY_MESSAGE, type IncomingMessage, type Subscription } from "../../mesh/broker.ts";
import { encodeFailure } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { newCallId } from "../../mesh/ids.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { QUEUE_GROUP, configChangeSubject, configSubject } from "../../mesh/subjects.ts";
import { type GatewayConfig, parseConfig } from "../config.ts";
import type { Environment } from "../config/environment.ts";
import { publishedConfig } from "../config/published-config.ts";
import { readConfigText } from "./config-text.ts";

/** Answers gateways that run elsewhere. */
export interface PublishedConfig extends Closable {
  /** Says that the configuration has changed. */
  changed(): void;
}

const encoder = new TextEncoder();

/**
 * Lets gateways elsewhere have the configuration, by the name in `gateway.publishAs`. A file that is broken, or has secrets written
 * out, is not handed on: they go on with the one they have.
 *
 * @param options.connected resolves at the broker's first connection, for one that may not be there yet.
 */
export function publishConfig(
  { gateway: { publishAs } }: GatewayConfig,
  options: {
    readonly configFile: string;
    readonly env: Environment;
    readonly broker: Broker;
    readonly log: Log;
    readonly connected?: Promise<void>;
  },
): PublishedConfig {
  if (publishAs === undefined) return { changed: () => undefined, close: () => Promise.resolve() };
  const { configFile, env, broker, log, connected } = options;
  const read = async (): Promise<Uint8Array> => {
    const text = await readConfigText(configFile);
    parseConfig(text, { filename: configFile, env });
    return encoder.encode(publishedConfig(text, configFile));
  };
  let lastReason: string | undefined;
  const answer = async (message: IncomingMessage): Promise<void> => {
    try {
      message.reply({ payload: await read(), headers: {} });
      lastReason = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== lastReason) log.error("the configuration is not published", { name: publishAs, reason });
      lastReason = reason;
      const text = "the configuration cannot be published; the log here has the details";
      const refusal = new MeshError("internal", text);
      // Whoever asked asks again.
      if (broker.status === "connected") message.reply(encodeFailure(refusal, { callId: newCallId() }));
    }
  };
  const subscribe = (): Subscription =>
    broker.subscribe(configSubject(publishAs), { queue: QUEUE_GROUP }, (message) => {
      void answer(message);
    });
  let isClosed = false;
  let subscription = connected === undefined || broker.status === "connected" ? subscribe() : undefined;
  const publishOnceConnected = async (): Promise<void> => {
    await connected;
    // That also resolves when the process is asked to stop before there is a connection.
    if (!isClosed && broker.status === "connected") subscription ??= subscribe();
  };
  void publishOnceConnected();
  return {
    changed: () => {
      if (broker.status === "connected") broker.publish(configChangeSubject(publishAs), EMPTY_MESSAGE);
    },
    close: async () => {
      isClosed = true;
      await subscription?.drain();
    },
  };
}
