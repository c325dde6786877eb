import type { Steps } from "./scalar-places.ts";

/** Where a project has secrets; before v0.11 the file was one project. `*` is any key, `[]` any index. */
const PROJECT = [
  "secret",
  "secrets []",
  "auth secrets []",
  "auth keys []",
  ...["k", "d", "p", "q", "dp", "dq", "qi"].map((member) => `auth keys [] ${member}`),
  ...["r", "d", "t"].map((member) => `auth keys [] oth [] ${member}`),
];

const PATHS = [
  ...PROJECT,
  ...PROJECT.map((path) => `projects [] ${path}`),
  "admin secret",
  "admin users [] pass",
  "broker url",
  "broker token",
  "databases * url",
  "functions database",
  "functions rabbitmq",
  "builder npm registry",
  "builder npm token",
  "builder npm proxy",
  "workers [] env *",
].map((path) => path.split(" "));

/** Whether nothing but a secret, or an address that may hold one, stands here: it is used, and never shown to anybody. */
export function isSecretPath(steps: Steps): boolean {
  return PATHS.some((path) => path.length === steps.length && path.every((part, index) => fits(part, steps[index])));
}

function fits(part: string, step: string | number | undefined): boolean {
  return typeof step === "number" ? part === "[]" : part === "*" || part === step;
}
