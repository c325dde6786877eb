import * as v from "valibot";
import { type Plain, isPlain, plain } from "./own-value.ts";
import { isSameValue } from "./same-value.ts";
import { recordSchema } from "./schema/record.ts";

const WORDS: ReadonlySet<unknown> = new Set(["allow", "deny", "authenticated"]);

/** A rule as people write it: one word where one is enough, in clauses too. */
export function compactRule(rule: unknown): unknown {
  if (!isPlain(rule)) return rule;
  if (WORDS.has(rule["rule"]) && Object.keys(rule).length === 1) return rule["rule"];
  const { clauses } = rule;
  return Array.isArray(clauses) ? { ...rule, clauses: clauses.map(compactRule) } : rule;
}

/** What is recorded, as people write it: its mode, where the rest is what goes without saying. */
export function compactRecord(record: unknown): unknown {
  if (!isPlain(record)) return record;
  const { mode } = record;
  const whole = v.safeParse(recordSchema, record);
  const short = v.safeParse(recordSchema, mode);
  return whole.success && short.success && isSameValue(whole.output, short.output) ? mode : record;
}

/** A function's entry as people write it. */
export function compactFunction(entry: unknown): unknown {
  if (!isPlain(entry)) return entry;
  const { rule, record, ...rest } = entry;
  return {
    ...(rule !== undefined && { rule: compactRule(rule) }),
    ...(record !== undefined && { record: compactRecord(record) }),
    ...rest,
  };
}

/** Services as people write them. */
export function compactServices(services: unknown): unknown {
  if (!isPlain(services)) return services;
  return mapValues(services, (service) =>
    isPlain(service) && isPlain(service["functions"])
      ? { ...service, functions: mapValues(service["functions"], compactFunction) }
      : service,
  );
}

/** A project as people write it: its secrets by their short forms, nothing that is empty. */
export function compactProject(project: Plain): Plain {
  const { id, name, auth, services, registration, pubsub, ...rest } = project;
  const { secrets, ...otherAuth } = plain(auth);
  const list = Array.isArray(secrets) ? (secrets as unknown[]) : [];
  return {
    id,
    ...(name !== undefined && { name }),
    ...(list.length === 1 && { secret: list[0] }),
    ...(list.length > 1 && { secrets: list }),
    ...(Object.keys(otherAuth).length > 0 && { auth: otherAuth }),
    ...(services !== undefined && { services: compactServices(services) }),
    ...(registration !== undefined && { registration: compactRule(registration) }),
    ...(pubsub !== undefined && { pubsub: compactPubsub(pubsub) }),
    ...rest,
  };
}

function compactPubsub(pubsub: unknown): unknown {
  if (!isPlain(pubsub) || !Array.isArray(pubsub["rules"])) return pubsub;
  const rules = (pubsub["rules"] as unknown[]).map((each) =>
    isPlain(each) ? mapValues(each, (value, key) => (key === "subject" ? value : compactRule(value))) : each,
  );
  return { ...pubsub, rules };
}

function mapValues(value: Plain, change: (part: unknown, key: string) => unknown): Plain {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part, key)]));
}
