import * as v from "valibot";
import { isName } from "../../../mesh/names.ts";
import { nearest } from "../nearest.ts";

/**
 * A mapping of exactly these keys. Every unknown key is a problem of its own, with the key it may have meant. Messages
 * never show a value: it may be a secret. `shortForms` are keys that were rewritten before.
 */
export function shape<Entries extends v.ObjectEntries>(
  entries: Entries,
  { shortForms = [] }: { shortForms?: readonly string[] } = {},
): v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<Entries, undefined>>> {
  const known = Object.keys(entries);
  const schema = v.pipe(
    mapping,
    v.looseObject(entries, "is missing; add it"),
    v.rawCheck(({ dataset, addIssue }) => {
      // Untyped only in its values; the mapping itself was checked before.
      const input = dataset.value as Record<string, unknown>;
      for (const key of Object.keys(input)) {
        if (known.includes(key)) continue;
        const path: [v.ObjectPathItem] = [{ type: "object", origin: "key", input, key, value: input[key] }];
        addIssue({ message: unknownKey(key, [...known, ...shortForms]), path });
      }
    }),
  );
  // A loose object's type has room for other keys; the check has refused them all.
  return schema;
}

/** A mapping from names to values of one kind. The result has no prototype: only what was written is in it. */
export function named<Value>(kind: string, value: v.GenericSchema<unknown, Value>) {
  return record(
    v.pipe(
      v.string(),
      v.check(isName, ({ input }) => {
        return `${JSON.stringify(input)} is not a ${kind} name; use 1 to 64 letters, digits, _ or -`;
      }),
    ),
    value,
  );
}

/** A mapping from keys of a pattern to values of one kind, without a prototype. */
export function record<Value>(key: v.GenericSchema<string, string>, value: v.GenericSchema<unknown, Value>) {
  return v.pipe(
    mapping,
    v.record(key, value),
    v.transform((entries): Record<string, Value> => {
      Object.setPrototypeOf(entries, null);
      return entries;
    }),
  );
}

/** A list of values of one kind. */
export function list<Value>(item: v.GenericSchema<unknown, Value>) {
  return v.array(item, 'must be a list; write "- " before each item');
}

const mapping = v.custom<Record<string, unknown>>(
  (input) => typeof input === "object" && input !== null && !Array.isArray(input),
  'must be a mapping of "key: value" lines',
);

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  const hint = meant === undefined ? `use ${known.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`;
  return `the key ${JSON.stringify(key)} is not known here; ${hint}`;
}
