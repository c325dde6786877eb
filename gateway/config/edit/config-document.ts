import { type Document, type ToStringOptions, parseDocument } from "yaml";
import { readSource } from "../read-source.ts";
import { keepUntouched } from "./keep-untouched.ts";

const WIDTH = 120;

/** A file opened for changes. What is not touched stays as it is written. */
export interface ConfigDocument {
  readonly document: Document.Parsed;
  readonly print: () => string;
}

/** @throws ConfigError when it cannot be read. */
export function openConfigDocument(text: string, filename: string): ConfigDocument {
  readSource(text, filename);
  const document = parseDocument(text, { compat: "yaml-1.1", logLevel: "error" });
  const isJson = /json$/i.test(filename);
  return {
    document,
    print: () =>
      isJson
        ? `${JSON.stringify(document.toJSON(), undefined, 2)}\n`
        : keepUntouched(text, document.toString(styleOf(text))),
  };
}

/** How the file is laid out, so that printing it changes little. */
function styleOf(text: string): ToStringOptions {
  const [, indent = "  "] = /^( +)\S/m.exec(text) ?? [];
  return {
    lineWidth: WIDTH,
    indent: indent.length === 4 ? 4 : 2,
    indentSeq: !/^( *)[\w-]+:[^\S\n]*(?:#.*)?\n\1- /m.test(text),
    flowCollectionPadding: !/\{[\w"']/.test(text),
  };
}
