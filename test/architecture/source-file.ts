import { dirname, join } from "node:path/posix";
import { Visitor, parseSync } from "oxc-parser";

/** One import, whichever way it is written. */
export interface Import {
  /** A path from the project's root for a file of the project; otherwise the specifier as written. */
  readonly target: string;
  readonly isRelative: boolean;
  /** Whether nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
}

/** What the architecture rules want to know about one file. */
export interface SourceFile {
  /** From the project's root, `gateway/app.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exportsDefault: boolean;
  /** Those of `process`, `Bun` and `Deno` that it uses. */
  readonly platformGlobals: readonly string[];
}

const PLATFORM_GLOBALS = new Set(["process", "Bun", "Deno"]);

/**
 * Reads a file of TypeScript or JavaScript.
 * @throws Error naming the file, when it does not parse.
 */
export function readSourceFile(path: string, text: string): SourceFile {
  const { module, program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`"${path}" does not parse: ${error.message}`);

  const imports: Import[] = [];
  const add = (specifier: string, isTypeOnly: boolean): void => {
    const isRelative = specifier.startsWith(".");
    imports.push({ target: isRelative ? join(dirname(path), specifier) : specifier, isRelative, isTypeOnly });
  };
  for (const { moduleRequest, entries } of module.staticImports) {
    add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType));
  }
  for (const { moduleRequest, isType } of module.staticExports.flatMap(({ entries }) => entries)) {
    if (moduleRequest !== null) add(moduleRequest.value, isType);
  }

  let exportsDefault = false;
  const globals = new Set<string>();
  // Names of members and keys are identifiers too, but they are no globals.
  const memberNames = new Set<object>();
  const skipName = (node: { readonly computed: boolean; readonly key: object }): void => {
    if (!node.computed) memberNames.add(node.key);
  };
  new Visitor({
    ExportDefaultDeclaration: () => {
      exportsDefault = true;
    },
    ExportSpecifier: ({ exported }) => {
      if (exported.type === "Identifier" && exported.name === "default") exportsDefault = true;
    },
    ImportExpression: ({ source }) => add(source.type === "Literal" ? String(source.value) : "(computed)", false),
    TSImportType: ({ source }) => add(source.value, true),
    MemberExpression: ({ object, property, computed }) => {
      const isGlobal = object.type === "Identifier" && object.name === "globalThis";
      if (!computed && !isGlobal) memberNames.add(property);
    },
    Property: skipName,
    MethodDefinition: skipName,
    PropertyDefinition: skipName,
    TSPropertySignature: skipName,
    TSMethodSignature: skipName,
    Identifier: (node) => {
      if (PLATFORM_GLOBALS.has(node.name) && !memberNames.has(node)) globals.add(node.name);
    },
  }).visit(program);

  return {
    path,
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    imports,
    exportsDefault,
    platformGlobals: [...globals],
  };
}
