import * as v from "valibot";

/** Tells of each item of a list whose `key` another one before it has. */
export function eachOnce<Key extends string, Item extends Readonly<Record<Key, string>>>(key: Key, what: string) {
  return v.rawCheck<Item[]>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const seen = new Set<string>();
    for (const [index, item] of dataset.value.entries()) {
      const name = item[key];
      if (seen.has(name)) {
        addIssue({
          message: `the ${what} ${JSON.stringify(name)} was given before; use another one`,
          path: [
            { type: "array", origin: "value", input: dataset.value, key: index, value: item },
            { type: "object", origin: "value", input: { ...item }, key, value: name },
          ],
        });
      }
      seen.add(name);
    }
  });
}
