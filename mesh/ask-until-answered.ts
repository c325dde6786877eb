import { askFunction } from "./ask-function.ts";
import { type Broker, EMPTY_MESSAGE, type Message, type RequestOptions } from "./broker.ts";
import { CALL_HEADERS, type Call } from "./call.ts";
import { MeshError } from "./errors.ts";
import type { FunctionAddress } from "./names.ts";
import { heldSubject } from "./subjects.ts";
import { NobodyThere } from "./nobody-there.ts";
import { pause } from "./pause.ts";

/** How long an answer is waited for before the first question. Each time after that it is twice as long as before. */
const FIRST_WAIT_MS = 250;
/** How long whoever holds the call may take to say so. */
const QUESTION_MS = 300;
/** Who has just answered holds it no more: that answer is under way. */
const LAST_CHANCE_MS = 50;
/** So often a call is sent again to workers that know nothing of the question: from there on they are slow rather than lost. */
const MOST_UNASKABLE = 2;

/**
 * Asks a function what may be asked twice. While there is no answer, all of its instances are asked whether they hold the call;
 * when none does, it was lost with the one that did, and is sent again. The first answer counts.
 *
 * @throws MeshError as `askFunction`.
 */
export async function askUntilAnswered(
  broker: Broker,
  to: FunctionAddress,
  { call, message }: { readonly call: Pick<Call, "id">; readonly message: Message },
  options: RequestOptions,
): Promise<Message> {
  const { timeoutMs, signal } = options;
  const held = heldSubject(to);
  const question = { ...EMPTY_MESSAGE, headers: { [CALL_HEADERS.id]: call.id } };
  const endsAt = performance.now() + timeoutMs;
  const over = new AbortController();
  const whileOpen = { ...options, signal: signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]) };
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  askFunction(broker, to, message, whileOpen).then(resolve, reject);
  const again = (): void => {
    const leftMs = endsAt - performance.now();
    // That its time is over, or that the broker is away for a while, is the first one's to say.
    const unlessServed = (error: unknown): void => void (error instanceof NobodyThere && reject(error));
    if (leftMs >= 1) askFunction(broker, to, message, { ...whileOpen, timeoutMs: leftMs }).then(resolve, unlessServed);
  };
  const watch = async (): Promise<void> => {
    let unaskable = 0;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
      await pause(waitMs, over.signal);
      if (over.signal.aborted) return;
      const holder = await whoHolds(broker, held, question, over.signal);
      if (holder === "somebody" || (holder === "unaskable" && ++unaskable > MOST_UNASKABLE)) continue;
      await pause(LAST_CHANCE_MS, over.signal);
      if (!over.signal.aborted) again();
    }
  };
  void watch();
  try {
    return await promise;
  } finally {
    over.abort();
  }
}

/** `unaskable` when nobody is there, or nobody of those who are listens for such questions. */
async function whoHolds(
  broker: Broker,
  subject: string,
  question: Message,
  signal: AbortSignal,
): Promise<"somebody" | "nobody" | "unaskable"> {
  try {
    await broker.request(subject, question, { timeoutMs: QUESTION_MS, signal });
    return "somebody";
  } catch (error) {
    if (error instanceof NobodyThere) return "unaskable";
    // A broker that is away tells nothing about workers.
    return error instanceof MeshError && error.code === "deadline_exceeded" ? "nobody" : "somebody";
  }
}
