import type { BrokerStatus } from "../../../mesh/broker.ts";
import type { Reply } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { AllowedCall, MeshLink } from "../../mesh-link.ts";
import type { ObjectNamespace, ObjectStub } from "./platform.ts";
import { decodeSentReply, encodeSentCall } from "./wire.ts";

/** What fits into a message of a broker that was not told otherwise; for any other the object makes a stream of it. */
const ROOM_BYTES = 1_032_192;
/** The object ends calls in time; this is for one that does not answer at all. */
const GRACE_MS = 2000;

/** Paths of the object. They are reached by the Worker alone, and lead nowhere else. */
export const OBJECT_PATHS = { send: "/send", status: "/status", config: "/config" } as const;

/** The link of a Worker, which can keep no socket: objects that own one send its calls, each some of them. */
export class ObjectLink implements MeshLink {
  readonly roomBytes = ROOM_BYTES;
  readonly #objects: ObjectNamespace;
  readonly #links: number;

  /** @param links how many objects share the calls. */
  constructor(objects: ObjectNamespace, links: number) {
    this.#objects = objects;
    this.#links = links;
  }

  async status(): Promise<BrokerStatus> {
    try {
      const response = await this.ask(OBJECT_PATHS.status);
      // The object's own word.
      return (await response.text()) as BrokerStatus;
    } catch {
      // An object that cannot say so leads nowhere.
      return "disconnected";
    }
  }

  /** Each object waits for what it has recorded by itself. */
  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  async send({ address, call, isNamed, timeoutMs, recordRule, asker, timing }: AllowedCall): Promise<Reply> {
    const { signal } = asker;
    const sent = encodeSentCall({ address, call, isNamed, timeoutMs, isRecordable: recordRule !== undefined });
    const late = deadline(call.deadlineMs + GRACE_MS);
    try {
      const asked = this.#any().fetch(`http://link${OBJECT_PATHS.send}`, { ...sent, signal });
      // Whoever comes late is not waited for, and may fail unheard.
      asked.catch(() => undefined);
      const reply = await decodeSentReply(await Promise.race([asked, late.over]));
      timing?.lapRoundTrip(reply.handlerMs);
      return reply;
    } catch (error) {
      timing?.lap("mesh");
      if (signal.aborted) throw new MeshError("cancelled", "the caller went away before the answer", { cause: error });
      throw error instanceof MeshError ? error : platformError(error);
    } finally {
      late.forget();
    }
  }

  /**
   * Asks the first of the objects.
   * @throws Error when it cannot answer.
   */
  async ask(path: string, signal?: AbortSignal): Promise<Response> {
    const response = await this.#stub(0).fetch(`http://link${path}`, signal === undefined ? {} : { signal });
    if (!response.ok) throw new Error(`the link to the mesh answered ${path} with status ${response.status}`);
    return response;
  }

  #any(): ObjectStub {
    return this.#stub(this.#links === 1 ? 0 : Math.floor(Math.random() * this.#links));
  }

  #stub(index: number): ObjectStub {
    return this.#objects.get(this.#objects.idFromName(`link-${index}`));
  }
}

function deadline(atMs: number): { readonly over: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const text = "the link to the mesh did not answer in time; whether the call had an effect is not known";
  const timer = setTimeout(() => reject(new MeshError("deadline_exceeded", text)), atMs - Date.now());
  return { over: promise, forget: () => clearTimeout(timer) };
}

/** The one place where what the platform says of its objects becomes ours. */
function platformError(error: unknown): MeshError {
  const isOverloaded =
    typeof error === "object" && error !== null && "overloaded" in error && error.overloaded === true;
  if (isOverloaded) {
    const text = "the link to the mesh takes no more calls at the moment; try again";
    return new MeshError("overloaded", text, { retryAfterSeconds: 1, cause: error });
  }
  const text = "the link to the mesh broke off before the answer; whether the call had an effect is not known";
  return new MeshError("bad_reply", text, { cause: error });
}
