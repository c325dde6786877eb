import { isObject, membersOf, resolveSchema } from "../service/json-schema.ts";

/** A variable that may stand in a rule. */
export interface OperandName {
  readonly name: string;
  readonly note: string;
}

/** How deep params are looked into. */
const DEEPEST = 4;

/** Claims that tokens usually have. */
const CLAIMS = [
  ["role", "what the caller may do"],
  ["id", "who the caller is"],
  ["email", "the caller's address"],
  ["sub", "the caller, in tokens of a provider"],
  ["scope", "what the token is for"],
] as const;

/** The variables of a function's rule: usual claims, claims that other rules name, and the params of its JSON Schema. */
export function operandNames(inputSchema: unknown, rules: unknown, example?: unknown): OperandName[] {
  const usual = CLAIMS.map(([claim, note]) => ({ name: `args.auth.${claim}`, note }));
  const params =
    inputSchema === null || inputSchema === undefined
      ? fromExample(example, "args.params", 0)
      : fromSchema(inputSchema, { root: inputSchema, path: "args.params", depth: 0 });
  const helpers = [
    { name: "utils.now()", note: "now, for dates" },
    ...params.map(({ name }) => ({ name: `utils.exists(${name})`, note: "whether it was sent" })),
  ];
  const all = [...usual, ...claimsIn(rules), ...params, ...helpers];
  return all.filter(({ name }, index) => all.findIndex((each) => each.name === name) === index);
}

function fromSchema(
  schema: unknown,
  { root, path, depth }: { readonly root: unknown; readonly path: string; readonly depth: number },
): OperandName[] {
  const resolved = resolveSchema(schema, root);
  if (resolved === undefined || depth >= DEEPEST) return [];
  return membersOf(resolved).flatMap(({ name, schema: member }) => {
    const at = `${path}${step(name)}`;
    const type = resolveSchema(member, root)?.["type"];
    const note = typeof type === "string" ? type : "a param";
    return [{ name: at, note }, ...fromSchema(member, { root, path: at, depth: depth + 1 })];
  });
}

function fromExample(example: unknown, path: string, depth: number): OperandName[] {
  if (!isObject(example) || depth >= DEEPEST) return [];
  return Object.entries(example).flatMap(([name, value]) => {
    const at = `${path}${step(name)}`;
    return [{ name: at, note: "as in the example" }, ...fromExample(value, at, depth + 1)];
  });
}

function claimsIn(rules: unknown): OperandName[] {
  const found = JSON.stringify(rules ?? null).match(/args\.auth\.[\w.-]+/g) ?? [];
  return [...new Set(found)].map((name) => ({ name, note: "in another rule" }));
}

function step(name: string): string {
  return /^[^.[\]()"]+$/.test(name) ? `.${name}` : `["${name}"]`;
}
