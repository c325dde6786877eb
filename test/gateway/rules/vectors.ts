/** How a caller identifies itself. Those but `good` and its two ways of writing have to be refused. */
export type TokenKind =
  | "none"
  | "good"
  | "good, without Bearer"
  | "good, with bearer in lower case"
  | "garbage"
  | "wrong secret"
  | "HS512"
  | "alg none"
  | "expired"
  | "nbf in the future"
  | "iat in the future";

/** One line of the table of what the rules of 2019 promise: a configuration, a caller, and calls in order. */
export interface RuleVector {
  /** Number in the table; several vectors may share one. */
  readonly number: number;
  readonly title: string;
  /** The project's services, rules as people write them. */
  readonly services: Readonly<Record<string, { functions?: Record<string, { rule: unknown }> }>>;
  /** The project in the path; the configured one is `my-app`. */
  readonly project: string;
  readonly service: string;
  readonly function: string;
  readonly token: TokenKind;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly calls: readonly { readonly params?: unknown; readonly passes: boolean }[];
}

/**
 * What the vectors expect around them: a project `my-app`; a database `main` whose table `docs` has one row, with
 * `owner` `u1`; and a function `guard/ack` that answers `{"ack": true}`, `guard/nack` that answers `{"ack": "true"}`.
 */
const DEFAULTS = {
  project: "my-app",
  service: "arithmetic",
  function: "sum",
  token: "good" as TokenKind,
  claims: { id: "u1", role: "admin" },
  calls: [{ passes: true }],
};

const roleIsAdmin = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" };
const kIsV = { rule: "match", type: "string", eval: "==", f1: "args.params.k", f2: "v" };
const jIsW = { rule: "match", type: "string", eval: "==", f1: "args.params.j", f2: "w" };
const ownerQuery = { rule: "query", db: "main", col: "docs", find: { owner: "args.params.owner" } };
const nested = (path: string): unknown => ({ rule: "match", type: "string", eval: "==", f1: path, f2: "z" });
const exists = (path: string): unknown => ({
  rule: "match",
  type: "bool",
  eval: "==",
  f1: `utils.exists(${path})`,
  f2: true,
});
const moreThan = (f2: number): unknown => ({ rule: "match", type: "number", eval: ">", f1: "args.params.n", f2 });

/** A vector about one rule, for `arithmetic.sum`. */
function vector(number: number, title: string, rule: unknown, rest: Partial<RuleVector> = {}): RuleVector {
  return { number, title, services: { arithmetic: { functions: { sum: { rule } } } }, ...DEFAULTS, ...rest };
}

const BAD_TOKENS: TokenKind[] = [
  "none",
  "garbage",
  "wrong secret",
  "HS512",
  "alg none",
  "expired",
  "nbf in the future",
  "iat in the future",
];

const refused = { calls: [{ passes: false }] };

/** The whole table. */
export const RULE_VECTORS: readonly RuleVector[] = [
  vector(1, "allow without a token", { rule: "allow" }, { token: "none" }),
  vector(2, "allow with garbage for a token", { rule: "allow" }, { token: "garbage" }),
  ...BAD_TOKENS.map((token) =>
    vector(3, `authenticated, token: ${token}`, { rule: "authenticated" }, { token, ...refused }),
  ),
  vector(4, "authenticated, good token", { rule: "authenticated" }),
  vector(4, "authenticated, good token as such", { rule: "authenticated" }, { token: "good, without Bearer" }),
  vector(5, "authenticated, bearer in lower case", "authenticated", { token: "good, with bearer in lower case" }),
  vector(6, "deny", { rule: "deny" }, refused),
  vector(7, "deny for the internal user: no claim passes by the rules", "deny", {
    claims: { id: "internal-sc-user" },
    ...refused,
  }),
  vector(8, "a claim that matches", roleIsAdmin),
  vector(9, "a claim that does not match", roleIsAdmin, { claims: { id: "u1", role: "user" }, ...refused }),
  vector(10, "a param that matches, does not, is missing, has nowhere to be", kIsV, {
    calls: [
      { params: { k: "v" }, passes: true },
      { params: { k: "z" }, passes: false },
      { params: {}, passes: false },
      { params: null, passes: false },
    ],
  }),
  vector(11, "a param that matches, but no token", kIsV, {
    token: "none",
    calls: [{ params: { k: "v" }, passes: false }],
  }),
  vector(12, "a param that is null exists", exists("args.params.k"), {
    calls: [
      { params: { k: null }, passes: true },
      { params: {}, passes: false },
    ],
  }),
  vector(13, "a claim exists", exists("args.auth.role")),
  ...[5, 5.5].map((limit, index) =>
    vector(14 + index, `a number above ${limit}`, moreThan(limit), {
      calls: [
        { params: { n: 6 }, passes: true },
        { params: { n: 5 }, passes: false },
        { params: { n: "6" }, passes: false },
      ],
    }),
  ),
  vector(
    16,
    "and of two",
    { rule: "and", clauses: [kIsV, jIsW] },
    {
      calls: [
        { params: { k: "v", j: "w" }, passes: true },
        { params: { k: "v" }, passes: false },
      ],
    },
  ),
  vector(
    17,
    "or of two",
    { rule: "or", clauses: [kIsV, jIsW] },
    {
      calls: [
        { params: { j: "w" }, passes: true },
        { params: {}, passes: false },
      ],
    },
  ),
  vector(18, "or within and", { rule: "and", clauses: [{ rule: "or", clauses: [roleIsAdmin] }] }),
  vector(19, "allow within or", { rule: "or", clauses: [{ rule: "allow" }] }),
  vector(
    19,
    "allow within or still asks for a token",
    { rule: "or", clauses: ["allow"] },
    { token: "none", ...refused },
  ),
  vector(20, "an empty and", { rule: "and", clauses: [] }),
  vector(20, "an empty or", { rule: "or", clauses: [] }, refused),
  vector(21, "deny with the fields of a match", { rule: "and", clauses: [{ ...roleIsAdmin, rule: "deny" }] }, refused),
  vector(22, "query that finds, then does not", ownerQuery, {
    calls: [
      { params: { owner: "u1" }, passes: true },
      { params: { owner: "u2" }, passes: false },
    ],
  }),
  vector(23, "query that does not find, then does", ownerQuery, {
    calls: [
      { params: { owner: "u2" }, passes: false },
      { params: { owner: "u1" }, passes: true },
    ],
  }),
  vector(
    24,
    "query within or",
    { rule: "or", clauses: [ownerQuery] },
    {
      calls: [{ params: { owner: "u1" }, passes: true }],
    },
  ),
  vector(25, "func that answers ack: true", { rule: "func", service: "guard", func: "ack" }),
  vector(25, "func that answers the text true", { rule: "func", service: "guard", func: "nack" }, refused),
  vector(26, "an order between texts", { ...roleIsAdmin, eval: "<" }, refused),
  vector(
    27,
    "a missing param is not equal to itself",
    { ...kIsV, f1: "args.params.zz", f2: "args.params.zz" },
    {
      calls: [{ params: {}, passes: false }],
    },
  ),
  vector(28, "a path of three", nested("args.params.o.p.q"), {
    calls: [{ params: { o: { p: { q: "z" } } }, passes: true }],
  }),
  vector(28, "a key out of a param", nested("args.params.o[args.params.key]"), {
    calls: [{ params: { o: { a: "z" }, key: "a" }, passes: true }],
  }),
  vector(29, "a webhook nobody listed", { rule: "webhook", url: "https://hooks.example.com/check" }, refused),
  vector(29, "a type nobody knows", { rule: "ldap", group: "admins" }, refused),
  vector(30, "a service that is configured does not fall back to the service default", "allow", {
    services: {
      arithmetic: { functions: { other: { rule: "allow" } } },
      default: { functions: { sum: { rule: "allow" } } },
    },
    ...refused,
  }),
  vector(31, "a service that is not configured falls back to the service default", "allow", {
    services: { default: { functions: { sum: { rule: "allow" } } } },
    token: "none",
  }),
  vector(31, "the function default of the service default refuses", "deny", {
    services: { default: { functions: { default: { rule: "deny" } } } },
    ...refused,
  }),
  vector(32, "another project in the path", "allow", { project: "other-app", token: "none", ...refused }),
];
