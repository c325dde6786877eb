import fc from "fast-check";

/** Names that no key may have. */
const RESERVED = ["constructor", "prototype", "__proto__"];

/** A name of a project, service or function. */
export const anyName = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/).filter((name) => !RESERVED.includes(name));

/** Texts that YAML of one version or the other takes for something else are among them. */
export const anyWord = fc.oneof(
  fc.string({ minLength: 1 }).filter((text) => !text.startsWith("$")),
  fc.constantFrom("yes", "no", "on", "~", "null", "0o7", "010", "1_000", "1e3", ".inf", "=", "<<", "- a", "a: b"),
  fc.constantFrom("a #b", "'", '"', "a\nb", " a", "a "),
);

const comparison = fc.record({
  rule: fc.constant("match"),
  type: fc.constantFrom("string", "number", "bool"),
  eval: fc.constantFrom("==", "!="),
  f1: fc.oneof(anyWord, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
  f2: fc.oneof(anyWord, fc.integer(), fc.boolean()),
});

/** A rule, written in full. */
export const anyRule = fc.letrec<{ rule: object }>((tie) => ({
  rule: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom({ rule: "allow" }, { rule: "deny" }, { rule: "authenticated" }),
    comparison,
    fc.record({ rule: fc.constant("func"), service: anyName, func: anyName }),
    fc.record({ rule: fc.constant("query"), db: anyWord, col: anyWord, find: fc.dictionary(anyName, anyWord) }),
    fc.record({ rule: fc.constantFrom("and", "or"), clauses: fc.array(tie("rule"), { maxLength: 3 }) }),
  ),
})).rule;

/** Services with functions and their rules. */
export const anyServices = fc.dictionary(
  anyName,
  fc.record({ functions: fc.dictionary(anyName, fc.record({ rule: anyRule }), { minKeys: 1, maxKeys: 3 }) }),
  { maxKeys: 3 },
);
