import { Glob } from "bun";
import { EMPTY_NAMES, MAX_LINES, MAY_EXPORT_DEFAULT, MAY_IMPORT_CLI, SERVICES, ZONES, type Zone } from "./rules.ts";
import type { Import, SourceFile } from "./source-file.ts";

/** Everything about a file that is against the house rules, one line each, naming the offender and the rule. */
export function violations(file: SourceFile): string[] {
  const zone = zoneOf(file.path);
  if (zone === undefined) return [`${file.path}: is in no zone; say in test/architecture/rules.ts what it may import`];
  const problems = file.imports.flatMap((imported) => {
    const reason = edgeProblem(file.path, zone, imported);
    return reason === undefined ? [] : [`${file.path} → ${imported.target}: ${reason}`];
  });
  if (zone.runs === "anywhere") {
    for (const name of file.platformGlobals) {
      problems.push(
        `${file.path} uses ${name}: only runtime/ and cli/ know the platform; take what you need as an argument`,
      );
    }
  }
  if (file.exportsDefault && !matches(MAY_EXPORT_DEFAULT, file.path)) {
    problems.push(`${file.path}: has a default export; export by name`);
  }
  if (file.lines > MAX_LINES)
    problems.push(`${file.path}: has ${file.lines} lines of at most ${MAX_LINES}; it is two files`);
  const emptyName = file.path.split(/[/.]/).find((part) => EMPTY_NAMES.includes(part));
  if (emptyName !== undefined && !file.path.startsWith("test/")) {
    problems.push(`${file.path}: "${emptyName}" says nothing about what is inside; name it after its one idea`);
  }
  return problems;
}

/** Why this file of this zone may not import that. */
function edgeProblem(from: string, zone: Zone, { target, isRelative, isTypeOnly }: Import): string | undefined {
  if (!isRelative) return outsideProblem(zone, target);
  if (matches(["cli/**"], target) && !matches(MAY_IMPORT_CLI, from)) return "nobody imports the command line";
  const [home, guest] = [serviceOf(from), serviceOf(target)];
  if (home !== undefined && guest !== undefined && home !== guest) return "services may not import each other";
  if (!matches(zone.mayImport, target)) return zone.why;
  const isForeign = !matches(zone.files, target);
  if (zone.typesOnly === true && isForeign && !isTypeOnly) return `only types may be imported: ${zone.why}`;
  if (zone.runs === "anywhere" && !isTypeOnly && zoneOf(target)?.runs !== "anywhere") {
    return "what runs anywhere may not import what runs on Bun only";
  }
  return undefined;
}

function outsideProblem(zone: Zone, specifier: string): string | undefined {
  if (/^(node|bun):|^bun$/.test(specifier)) {
    return zone.runs === "anywhere" ? "what runs anywhere may not import from a platform" : undefined;
  }
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return zone.packages.includes("*") || zone.packages.includes(name) ? undefined : zone.why;
}

function zoneOf(path: string): Zone | undefined {
  return ZONES.find(({ files }) => matches(files, path));
}

function serviceOf(path: string): string | undefined {
  return SERVICES.find((service) => path.startsWith(`${service}/`));
}

function matches(globs: readonly string[], path: string): boolean {
  return globs.some((glob) => new Glob(glob).match(path));
}
