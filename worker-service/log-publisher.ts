import type { Broker } from "../mesh/broker.ts";
import type { Closable } from "../mesh/lifecycle.ts";
import { decodeQuestion, encodeLines } from "../mesh/log-feed.ts";
import { logSubject, recentLogsSubject } from "../mesh/subjects.ts";
import { pause } from "../mesh/pause.ts";
import { randomHex } from "../mesh/ids.ts";
import type { LogTail } from "./log-tail.ts";

/** A character is three bytes of UTF-8 at most; headers take their share too. */
const BYTES_PER_CHARACTER = 4;
const MOST_CHARACTERS = 32 * 1024;
/** How long the end waits for the last lines to be sent. */
const LAST_WORDS_MS = 1_000;

/**
 * Publishes the lines of a service's log for `fmesh logs` and answers with the last ones. The broker's own log must not
 * be one of them: a line about a line that was refused would be refused next.
 *
 * What is sent waits for the broker to have taken what was sent before, so that a flood of lines neither piles up nor
 * keeps calls waiting; while the broker is away nothing is sent. What is too old by then is left out: the tail is the
 * only memory. Closing sends what is left; the subscriptions end with the connection.
 */
export function publishLog(
  tail: LogTail,
  { broker, project, service }: { broker: Broker; project: string; service: string },
): Closable {
  const source = randomHex(8);
  const subject = logSubject(project, service);
  const mostCharacters = Math.min(MOST_CHARACTERS, Math.floor(broker.maxPayloadBytes / BYTES_PER_CHARACTER));
  let sent = 0;
  let sending: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    while (sent < tail.lastNumber && broker.status === "connected") {
      const lines = tail.after(sent, mostCharacters);
      sent = lines.at(-1)?.number ?? tail.lastNumber;
      try {
        broker.publish(subject, encodeLines(source, lines));
        await broker.flush();
      } catch {
        // To log it would add a line to those that cannot be sent; the standard output has them all.
      }
    }
  };
  const wake = (): void => {
    // Not within the call that logs, and once for all that it logs in this turn.
    sending ??= Promise.resolve()
      .then(send)
      .finally(() => {
        sending = undefined;
        if (sent < tail.lastNumber && broker.status === "connected") wake(); // one that came just now
      });
  };
  const stopListening = [tail.onLine(wake), broker.onStatus(wake)];
  for (const asked of [recentLogsSubject(project), recentLogsSubject(project, service)]) {
    broker.subscribe(asked, {}, (message) => {
      const question = decodeQuestion(message);
      if (question !== undefined) message.reply(encodeLines(source, tail.recent(question, mostCharacters)));
    });
  }
  wake();

  return {
    async close() {
      for (const stop of stopListening) stop();
      const done = new AbortController();
      const rest = (async () => {
        await sending;
        await send();
        done.abort();
      })();
      // Where the network has gone silent, the broker does not confirm for minutes.
      await Promise.race([rest, pause(LAST_WORDS_MS, done.signal)]);
    },
  };
}
