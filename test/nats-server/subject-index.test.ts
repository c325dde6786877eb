import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SubjectIndex } from "../../nats-server/subject-index.ts";
import { type Subscriber, Subscription } from "../../nats-server/subscription.ts";

const nobody: Subscriber = { deliver: () => false };
const token = fc.constantFrom("a", "b", "c", "a*");
const pattern = fc
  .tuple(fc.array(fc.oneof(token, fc.constant("*")), { maxLength: 3 }), fc.oneof(token, fc.constantFrom("*", ">")))
  .map(([start, last]) => [...start, last].join("."));
const subject = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join("."));
const step = fc.oneof(
  fc.record({ add: pattern, queue: fc.option(fc.constantFrom("q", "r"), { nil: undefined }) }),
  fc.record({ remove: fc.nat() }),
  fc.record({ match: subject }),
);

describe("the subject index", () => {
  test("finds whom a look at every subscription would find, however they come and go", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new SubjectIndex();
        const all: Subscription[] = [];
        for (const step of steps) {
          if ("add" in step) {
            const subscription = new Subscription(nobody, { subject: step.add, queue: step.queue, sid: "1" });
            all.push(subscription);
            index.add(subscription);
          } else if ("remove" in step) {
            const [removed] = all.splice(step.remove % Math.max(1, all.length), 1);
            if (removed !== undefined) index.remove(removed);
          } else {
            expect(found(index, step.match)).toEqual(expected(all, step.match));
          }
        }
        expect(index.size).toBe(all.length);
        for (const subscription of all) index.remove(subscription);
        expect(index.size).toBe(0);
        expect(index.isEmpty).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("gives out results that do not change under the one who reads them", () => {
    const index = new SubjectIndex();
    const [first, second] = ["1", "2"].map((sid) => new Subscription(nobody, { subject: "a", queue: undefined, sid }));
    if (first === undefined || second === undefined) throw new Error("two were made");
    index.add(first);
    const before = index.match("a");
    index.add(second);
    index.remove(first);
    expect(before.plain).toEqual([[first]]);
    expect(index.match("a").plain).toEqual([[second]]);
  });
});

type Found = { plain: Set<Subscription>; groups: Map<string, Set<Subscription>> };

function found(index: SubjectIndex, subject: string): Found {
  const { plain, groups } = index.match(subject);
  return {
    plain: new Set(plain.flat()),
    groups: new Map(groups.map(({ name, members }) => [name, new Set(members)])),
  };
}

function expected(all: readonly Subscription[], subject: string): Found {
  const fitting = all.filter((subscription) => fits(subscription.subject.split("."), subject.split(".")));
  return {
    plain: new Set(fitting.filter(({ queue }) => queue === undefined)),
    groups: new Map(
      ["q", "r"]
        .map((name) => [name, new Set(fitting.filter(({ queue }) => queue === name))] as const)
        .filter(([, members]) => members.size > 0),
    ),
  };
}

function fits([wanted, ...wantedRest]: string[], [token, ...rest]: string[]): boolean {
  if (wanted === undefined || token === undefined) return wanted === token;
  if (wanted === ">") return true;
  return (wanted === "*" || wanted === token) && fits(wantedRest, rest);
}
