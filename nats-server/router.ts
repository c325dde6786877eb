import type { Publication } from "./protocol/publication.ts";
import { SubjectIndex } from "./subject-index.ts";
import type { Subscriber, Subscription } from "./subscription.ts";

/** Brings publications to their subscribers. */
export class Router {
  readonly subscriptions = new SubjectIndex();

  /** Delivers to everyone who is to get it, except to `silent`; returns whether anyone did. */
  route(publication: Publication, silent: Subscriber | undefined): boolean {
    const { plain, groups } = this.subscriptions.match(publication.subject);
    let isDelivered = false;
    for (const subscriptions of plain) {
      for (const subscription of subscriptions) {
        if (subscription.owner === silent) continue;
        if (subscription.owner.deliver(subscription, publication)) isDelivered = true;
      }
    }
    for (const { members } of groups) {
      if (deliverToOne(members, publication, silent)) isDelivered = true;
    }
    return isDelivered;
  }

  /** A subscription of `owner`'s own through which it can be answered on `subject`. */
  ownSubscription(owner: Subscriber, subject: string): Subscription | undefined {
    for (const subscriptions of this.subscriptions.match(subject).plain) {
      const own = subscriptions.find((subscription) => subscription.owner === owner);
      if (own !== undefined) return own;
    }
    return undefined;
  }
}

/** A fair choice; whoever cannot take the message leaves it to the next. */
function deliverToOne(
  members: readonly Subscription[],
  publication: Publication,
  silent: Subscriber | undefined,
): boolean {
  const first = members.length === 1 ? 0 : Math.floor(Math.random() * members.length);
  for (let tried = 0; tried < members.length; tried++) {
    const member = members[(first + tried) % members.length];
    if (member === undefined || member.owner === silent) continue;
    if (member.owner.deliver(member, publication)) return true;
  }
  return false;
}
