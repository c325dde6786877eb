import type { Broker, IncomingMessage, Message } from "../mesh/broker.ts";
import { encodeFailure } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { type InstanceReport, parseInstanceRequest } from "../mesh/instance-report.ts";
import type { Closable } from "../mesh/lifecycle.ts";
import type { Log } from "../mesh/log.ts";
import { type InstanceAddress, instanceSubject, instanceUpSubject } from "../mesh/subjects.ts";
import { encodePayload } from "../mesh/payload.ts";

/** What whoever started an instance has a say in. */
export interface Controlled {
  report(): InstanceReport;
  /** Resolves when the broker has confirmed it. */
  setShare(share: number): Promise<void>;
}

/**
 * Says that an instance takes calls, once all that it has subscribed to is confirmed and again whenever the broker has been away;
 * and answers whoever asks how it does, or wants it to take more or fewer calls. The subscription ends with the connection.
 *
 * @throws MeshError `broker_unavailable` when the broker is not connected.
 */
export async function reportInstance(
  controlled: Controlled,
  { broker, address, log }: { readonly broker: Broker; readonly address: InstanceAddress; readonly log: Log },
): Promise<Closable> {
  const tell = async (): Promise<void> => {
    await broker.flush();
    broker.publish(instanceUpSubject(address), encodeReport(controlled.report()));
  };
  const tellAgain = (): void =>
    void tell().catch((error: unknown) => {
      // It has gone again, and is told when it is back.
      if (!isAway(error)) log.error("it could not be told that this instance is up", { error });
    });
  broker.subscribe(instanceSubject(address), {}, (message) => void answer(message, controlled, log));
  await tell();
  const stop = broker.onStatus((status) => status === "connected" && tellAgain());
  return { close: () => Promise.resolve(stop()) };
}

async function answer(message: IncomingMessage, controlled: Controlled, log: Log): Promise<void> {
  try {
    const { share } = parseInstanceRequest(message);
    if (share !== undefined) await controlled.setShare(share);
    message.reply(encodeReport(controlled.report()));
  } catch (error) {
    if (isAway(error)) return;
    if (!(error instanceof MeshError)) log.error("the instance could not do what it was asked to", { error });
    message.reply(encodeFailure(MeshError.from(error), { callId: "" }));
  }
}

function encodeReport(report: InstanceReport): Message {
  return { payload: encodePayload(report).payload, headers: {} };
}

function isAway(error: unknown): boolean {
  return error instanceof MeshError && error.code === "broker_unavailable";
}
