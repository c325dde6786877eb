import { HOUSE_SERVICES, isName } from "../../mesh/names.ts";
import { Failure, USAGE } from "../failure.ts";

/** What a service is called in the places where its name stands. */
export interface ServiceName {
  readonly name: string;
  /** Its variable. */
  readonly identifier: string;
  /** How a client is asked for it: `.name` or `["name"]`. */
  readonly property: string;
  readonly yamlKey: string;
  readonly packageName: string;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Words that cannot be a variable, or that the project's files use for something else. */
const TAKEN = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum eval export extends false " +
    "finally for function if implements import in instanceof interface let new null package private protected public " +
    "return static super switch this throw true try typeof undefined var void while with yield arguments async of " +
    "Array Bun Context claims client console expect fn from left loudly mesh name numbers params service signal " +
    "String test testMesh text v"
  ).split(" "),
);

/** A package of the same name would stand in their way. */
const DEPENDENCIES = new Set(["functions-mesh", "valibot", "bun-types", "typescript", "vitest"]);

/** Plain scalars that YAML, of one version or another, does not take for text. */
const YAML_WORD = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/**
 * Checks the name that a new service is to have.
 * @throws Failure with the exit code of wrong usage, saying what a name may be.
 */
export function serviceName(name: string): ServiceName {
  if (!isName(name)) {
    throw new Failure(
      `${JSON.stringify(name)} cannot be a service's name: use 1 to 64 letters, digits, _ or -; --name gives another`,
      { exitCode: USAGE },
    );
  }
  const why = whyTaken(name);
  if (why !== undefined) {
    throw new Failure(`"${name}" cannot be this service's name, ${why}; --name gives another`, { exitCode: USAGE });
  }
  return {
    name,
    identifier: identifierFor(name),
    property: IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
    yamlKey: IDENTIFIER.test(name) && !YAML_WORD.test(name) ? name : JSON.stringify(name),
    packageName: name.toLowerCase().replace(/^[_-]+/, "") || "service",
  };
}

function whyTaken(name: string): string | undefined {
  if (name === "default") return "it stands for every service that has no rules";
  const work = Object.hasOwn(HOUSE_SERVICES, name) ? HOUSE_SERVICES[name] : undefined;
  if (work !== undefined) return `it is the service that ${work}`;
  if (DEPENDENCIES.has(name.toLowerCase())) return "it is a package that the project needs";
  return name.toLowerCase() === "client" ? "client.ts is its caller" : undefined;
}

function identifierFor(name: string): string {
  const camel = name.replace(/^-+/, "").replaceAll(/-+(.?)/g, (_dashes, next: string) => next.toUpperCase());
  const identifier = /^\d/.test(camel) ? `_${camel}` : camel;
  return identifier === "" || TAKEN.has(identifier) ? `${identifier}Service` : identifier;
}
