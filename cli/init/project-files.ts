import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageJson } from "./package-json.ts";
import type { ServiceName } from "./service-name.ts";

const TEMPLATE = join(import.meta.dirname, "template");

/** Files of the template by the name they get in a project; `greeter` stands for the service. */
const FILES: Readonly<Record<string, string>> = {
  "greeter.ts": "greeter.ts",
  "greeter.test.ts": "greeter.test.ts",
  "client.ts": "client.ts",
  "vitest.config.ts": "vitest.config.ts",
  "fmesh.yaml": "fmesh.yaml",
  "tsconfig.json": "tsconfig.json",
  // Under its own name it would be in force here.
  ".gitignore": "gitignore",
  "README.md": "README.md",
};

/** What a new project consists of: contents by file name. */
export function projectFiles(service: ServiceName): Map<string, string> {
  const files = new Map<string, string>([["package.json", `${JSON.stringify(packageJson(service), undefined, 2)}\n`]]);
  for (const [file, source] of Object.entries(FILES)) {
    const text = readFileSync(join(TEMPLATE, source), "utf8");
    files.set(
      file.replace("greeter", service.name),
      source.endsWith(".ts") ? inCode(text, service) : inText(text, service),
    );
  }
  return files;
}

// One pass: a name such as `my-greeter` must not be looked at again.
function inCode(text: string, { name, identifier, property }: ServiceName): string {
  return text.replaceAll(/(["/.]?)\bgreeter\b/g, (_match, before: string) => {
    if (before === ".") return property;
    return before === "" ? identifier : `${before}${name}`;
  });
}

function inText(text: string, { name, yamlKey }: ServiceName): string {
  return text.replaceAll(/\bgreeter\b(:?)/g, (_match, colon: string) => (colon === "" ? name : `${yamlKey}:`));
}
