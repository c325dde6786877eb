import type { Publication } from "./protocol/publication.ts";

/** Whoever subscribes. */
export interface Subscriber {
  /** Sends a message to the client; false when it could not take it. */
  deliver(subscription: Subscription, publication: Publication): boolean;
}

/** One client's interest in a subject. */
export class Subscription {
  readonly owner: Subscriber;
  readonly subject: string;
  readonly queue: string | undefined;
  readonly sid: string;
  /** The sid as it stands in a delivery, with the space before it. */
  readonly sidField: string;
  delivered = 0;
  /** Ends after this many deliveries; 0 is without end. */
  max = 0;

  constructor(owner: Subscriber, options: { subject: string; queue: string | undefined; sid: string }) {
    this.owner = owner;
    this.subject = options.subject;
    this.queue = options.queue;
    this.sid = options.sid;
    this.sidField = ` ${options.sid}`;
  }
}
