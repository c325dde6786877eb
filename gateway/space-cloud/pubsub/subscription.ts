import type { Broker, IncomingMessage } from "../../../mesh/broker.ts";
import { JSON_TYPE } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Log } from "../../../mesh/log.ts";
import { parsePubsubSubject, pubsubSubject } from "../../../mesh/pubsub-subject.ts";
import type { LivePolicy } from "../../policy.ts";
import { ruleParams } from "../../rule-params.ts";
import { type PubsubProject, checkAccess, pubsubProject } from "./access.ts";
import { flushWithin } from "./flush-within.ts";
import type { RuledSubject } from "./rules.ts";
import type { SharedSubjects } from "./shared-subjects.ts";
import { subjectText } from "./subject.ts";
import { watchToken } from "./watch-token.ts";

/** What a client subscribes to. */
export interface Wanted {
  readonly project: string | undefined;
  readonly segments: readonly string[];
  /** Of all subscriptions with the same name and subject one gets each message; empty: this one gets them all. */
  readonly queue: string;
  readonly token: string | undefined;
}

/** What subscriptions are made with, and whom they tell. */
export interface SubscriptionParts {
  readonly broker: Broker;
  /** What it shares with the other clients of this gateway. */
  readonly subjects: SharedSubjects;
  readonly policy: LivePolicy;
  readonly log: Log;
  /** Something was published, in the order of its coming. */
  onFeed(feed: { readonly subject: string; readonly data: unknown }): void;
  /** The client may not have it any longer: the subscription is over. */
  onRefused(error: MeshError): void;
}

/** How much may wait while a rule decides. What comes beyond that is lost, as to anybody who does not keep up. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** What a message takes besides its payload. */
const MESSAGE_BYTES = 256;

/**
 * A client's subscription to a subject and all below it. What is published where another rule decides is let through by that rule,
 * asked with the subscriber's token; the order stays. It ends with that token.
 */
export class Subscription {
  readonly #wanted: Wanted;
  readonly #parts: SubscriptionParts;
  readonly #waiting: IncomingMessage[] = [];
  #waitingBytes = 0;
  readonly #ends: (() => Promise<void>)[] = [];
  #project: PubsubProject | undefined;
  #ruled: RuledSubject | undefined;
  /** Until then what comes has to wait. */
  #isWorking = true;
  #isStale = false;
  #stopWatching: () => void = () => undefined;
  #isOver = false;

  constructor(wanted: Wanted, parts: SubscriptionParts) {
    this.#wanted = wanted;
    this.#parts = parts;
  }

  /**
   * Resolves when all that is published from now on will come; it waits for {@link letThrough}.
   * @throws MeshError as `checkAccess`, and `invalid_request`, `broker_unavailable`, `cancelled` when it was ended meanwhile.
   */
  async open(): Promise<void> {
    const { broker, subjects, policy } = this.#parts;
    const { segments, queue } = this.#wanted;
    await this.#authorize();
    if (this.#isOver || this.#project === undefined) throw endedEarly();
    const { id: project } = this.#project;
    const here = pubsubSubject(project, segments);
    const arrive = (message: IncomingMessage): void => this.#arrive(message);
    for (const subject of [here, `${here}.>`]) {
      this.#ends.push(subjects.subscribe({ project, subject, queue }, arrive));
    }
    await flushWithin(broker, policy.current.limits.defaultTimeoutMs);
    if (this.#isOver) throw endedEarly();
  }

  /** What has come, and what comes, is told. */
  letThrough(): void {
    void this.#work();
  }

  /** Another configuration is in force, or the token has ended: nothing more is told before the right to it was found again. */
  recheck(): void {
    this.#isStale = true;
    if (!this.#isWorking) void this.#work();
  }

  /** May be called twice. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopWatching();
    this.#waiting.length = 0;
    for (const end of this.#ends) {
      // A broker that is away has forgotten it anyway.
      end().catch((error: unknown) => this.#parts.log.debug("a subscription ended roughly", { error }));
    }
  }

  async #authorize(): Promise<void> {
    const { current } = this.#parts.policy;
    const { segments, token } = this.#wanted;
    // Once it is known it stays, also where the only project has become another one.
    const intent = { action: "subscribe", segments } as const;
    const project = pubsubProject(current, this.#project?.id ?? this.#wanted.project, intent);
    const deadlineMs = Date.now() + current.limits.defaultTimeoutMs;
    const claims = await checkAccess(project, { ...intent, token }, { deadlineMs });
    this.#stopWatching();
    if (this.#isOver) return;
    const verify = (): unknown => project.policy.verifier.verify(token);
    if (claims !== undefined) this.#stopWatching = watchToken(claims, { verify, onEnd: () => this.recheck() });
    this.#project = project;
    this.#ruled = project.rules(segments);
  }

  #arrive(message: IncomingMessage): void {
    if (this.#isOver) return;
    const segments = parsePubsubSubject(message.subject);
    if (segments === undefined) return;
    if (!this.#isWorking && this.#isOwn(segments)) return this.#tell(message, segments);
    const bytes = message.payload.length + MESSAGE_BYTES;
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) return;
    this.#waitingBytes += bytes;
    this.#waiting.push(message);
    if (!this.#isWorking) void this.#work();
  }

  /** Whether the rule that let the client subscribe decides about these, too. */
  #isOwn(segments: readonly string[]): boolean {
    return this.#project?.rules(segments)?.rule === this.#ruled?.rule;
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    while (!this.#isOver) {
      if (this.#isStale) {
        this.#isStale = false;
        try {
          await this.#authorize();
        } catch (error) {
          if (!this.#isOver) this.#refuse(MeshError.from(error));
        }
        continue;
      }
      const [message] = this.#waiting;
      if (message === undefined) break;
      const segments = parsePubsubSubject(message.subject) ?? [];
      const mayHear = await this.#mayHear(segments);
      // Another configuration may have come meanwhile: then it decides about this message, too.
      if (this.#isOver || this.#isStale) continue;
      this.#waiting.shift();
      this.#waitingBytes -= message.payload.length + MESSAGE_BYTES;
      if (mayHear) this.#tell(message, segments);
    }
    this.#isWorking = false;
  }

  async #mayHear(segments: readonly string[]): Promise<boolean> {
    if (this.#isOwn(segments)) return true;
    const { policy, log } = this.#parts;
    const { token } = this.#wanted;
    const deadlineMs = Date.now() + policy.current.limits.defaultTimeoutMs;
    if (this.#project === undefined) return false;
    try {
      await checkAccess(this.#project, { action: "subscribe", segments, token }, { deadlineMs });
      return true;
    } catch (error) {
      const { code } = MeshError.from(error);
      if (code !== "forbidden" && code !== "unauthenticated") log.error("a subscriber's rule failed", { error });
      return false;
    }
  }

  #tell({ payload }: IncomingMessage, segments: readonly string[]): void {
    let data: unknown;
    try {
      data = ruleParams({ contentType: JSON_TYPE, payload });
    } catch (error) {
      this.#parts.log.debug("something else than JSON was published", { error, project: this.#project?.id });
      return;
    }
    this.#parts.onFeed({ subject: subjectText(segments), data: data ?? null });
  }

  #refuse(error: MeshError): void {
    this.end();
    this.#parts.onRefused(error);
  }
}

function endedEarly(): MeshError {
  return new MeshError("cancelled", "the subscription was ended before it began");
}
