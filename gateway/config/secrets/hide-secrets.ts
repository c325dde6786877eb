import { type Document, type Scalar, isScalar, parseDocument, visit } from "yaml";
import { SecretHash } from "../../secret-hash.ts";
import { ConfigError, type ConfigFinding } from "../config-error.ts";
import { readSource } from "../read-source.ts";
import { holdsCredentials, secretScalars } from "./secret-scalars.ts";

const MARKER = /^‹kept:[0-9a-f]{16}›$/;

/**
 * Takes the secrets out of texts that people see, and puts them back into texts that people send: instead of each stands a marker
 * that means nothing to anybody else, and nothing once this process has ended.
 */
export class SecretMarkers {
  readonly #hash = new SecretHash();

  /**
   * The text with a marker for each literal secret. `$NAME` stays.
   * @throws ConfigError when the text cannot be read, so that it is not known where its secrets are.
   */
  async hide(text: string, filename: string): Promise<string> {
    const changes: Change[] = [];
    for (const node of secretScalars(documentOf(text, filename))) {
      changes.push(replacement(node, text, JSON.stringify(await this.#marker(node))));
    }
    return changed(text, changes);
  }

  /** A marker in the place of a secret that does not come out of a text. */
  async markerOf(secret: string): Promise<string> {
    const hash = await this.#hash.of(secret);
    return `‹kept:${Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")}›`;
  }

  /**
   * The text with the secrets of `before` instead of their markers, as they were written there.
   * @throws ConfigError for each marker that stands where no secret does, or for one that `before` does not hold.
   */
  async restore(text: string, { before, filename }: { before: string; filename: string }): Promise<string> {
    if (!text.includes("‹kept:")) return text;
    if (text === (await this.hide(before, filename))) return before;
    const document = documentOf(text, filename);
    const places = secretScalars(document);
    const kept = new Map<string, { readonly text: string; readonly isHiddenAnywhere: boolean }>();
    for (const node of secretScalars(documentOf(before, filename))) {
      const isHiddenAnywhere = holdsCredentials(String(node.value));
      kept.set(await this.#marker(node), { text: written(node, before), isHiddenAnywhere });
    }
    const changes: Change[] = [];
    const problems: ConfigFinding[] = [];
    visit(document, {
      Scalar: (key, node) => {
        if (!isScalar(node) || !MARKER.test(String(node.value))) return;
        const scalar = node as Scalar.Parsed;
        const secret = kept.get(String(node.value));
        // Where it would be shown from then on, a secret is not put.
        if (key !== "key" && secret !== undefined && (secret.isHiddenAnywhere || places.has(scalar))) {
          changes.push(replacement(scalar, text, secret.text));
          return;
        }
        const why = secret === undefined ? "is not known any more" : "stands where no secret does";
        const message = `this marker ${why}; write the value itself, or load the configuration again`;
        problems.push({ path: "", ...placeIn(text, scalar.range[0]), message });
      },
    });
    if (problems.length > 0) throw new ConfigError(filename, problems);
    return changed(text, changes);
  }

  #marker(node: Scalar): Promise<string> {
    return this.markerOf(String(node.value));
  }
}

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Everything is text, as it was written. @throws ConfigError */
function documentOf(text: string, filename: string): Document.Parsed {
  // Bounds on size and depth, and problems in words that do not quote the text.
  readSource(text, filename);
  return parseDocument(text, { schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "error" });
}

function replacement({ range: [from, to] }: Scalar.Parsed, source: string, text: string): Change {
  // A block ends with the line that follows on it.
  return { from, to, text: source.slice(from, to).endsWith("\n") ? `${text}\n` : text };
}

/** As it stands in the text; a block, which would depend on its indentation, in quotes. */
function written({ range: [from, to], type, value }: Scalar.Parsed, source: string): string {
  const slice = source.slice(from, to);
  if (type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE") return slice.includes("\n") ? JSON.stringify(value) : slice;
  // Plain text may end early between brackets.
  return type === "PLAIN" && !/[\n,[\]{}]/.test(slice) ? slice : JSON.stringify(value);
}

function changed(text: string, changes: readonly Change[]): string {
  let result = "";
  let at = 0;
  for (const { from, to, text: instead } of changes.toSorted((a, b) => a.from - b.from)) {
    result += text.slice(at, from) + instead;
    at = to;
  }
  return result + text.slice(at);
}

function placeIn(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
