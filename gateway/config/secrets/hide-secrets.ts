import { type Document, LineCounter, type Scalar, parseDocument } from "yaml";
import { SecretHash } from "../../secret-hash.ts";
import { ConfigError, type ConfigFinding } from "../config-error.ts";
import { readSource } from "../read-source.ts";
import { KeptSecret } from "./kept-secret.ts";
import { type ScalarPlace, type Steps, forEachScalar, isWithin, pathOf } from "./scalar-places.ts";
import { secretScalars } from "./secret-scalars.ts";
import { type Change, changed, replacement, written } from "./written-scalar.ts";

const MARKER = /^‹kept:[0-9a-f]{16}›$/;
const MISPLACED =
  "a marker stands for a secret only where that secret stands; write the value, or leave the line as it is";
const UNKNOWN = "this marker is not known any more; write the value itself, or load the configuration again";

/** What secrets are put back from, and where. */
export interface RestoreOptions {
  readonly before: string;
  readonly filename: string;
  /** What leads to the part whose secrets alone count, and in it alone; default the whole. */
  readonly within?: Steps;
}

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
    for (const scalar of secretScalars(documentOf(text, filename))) {
      const marker = await this.markerOf(String(scalar.value));
      changes.push(replacement(scalar, text, JSON.stringify(marker)));
    }
    return changed(text, changes);
  }

  /** A marker in the place of a secret that does not come out of a text. */
  async markerOf(secret: string): Promise<string> {
    const hash = await this.#hash.of(secret);
    return `‹kept:${Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")}›`;
  }

  /**
   * The text with the secrets of `before` instead of their markers, as they were written there. They are put where nobody is shown
   * them: where secrets alone stand, or where they stood, and hidden from then on as they were.
   * @throws ConfigError for each marker that stands anywhere else, or that `before` does not hold.
   */
  async restore(text: string, { before, filename, within = [] }: RestoreOptions): Promise<string> {
    if (!text.includes("‹kept:")) return text;
    if (text === (await this.hide(before, filename))) return before;
    const kept = await this.#kept(before, { filename, within });
    const lines = new LineCounter();
    const markers = new Map<Scalar.Parsed, PlacedMarker>();
    const problems: ConfigFinding[] = [];
    const refuse = ({ steps, offset }: ScalarPlace, message: string): void => {
      const { line, col: column } = lines.linePos(offset);
      problems.push({ path: pathOf(steps), line, column, message });
    };
    forEachScalar(documentOf(text, filename, lines), (place) => {
      const { scalar, steps, isKey } = place;
      if (!MARKER.test(String(scalar.value))) return;
      const secret = kept.get(String(scalar.value));
      if (secret === undefined) refuse(place, UNKNOWN);
      else if (isKey || !isWithin(steps, within) || !secret.belongsAt(steps)) refuse(place, MISPLACED);
      else {
        // The first place is its own; the others are those of its aliases.
        const marker = markers.get(scalar) ?? { place, secret, isHidden: false };
        markers.set(scalar, { ...marker, isHidden: marker.isHidden || secret.isHiddenAt(steps) });
      }
    });
    for (const { place, isHidden } of markers.values()) if (!isHidden) refuse(place, MISPLACED);
    if (problems.length > 0) throw new ConfigError(filename, problems);
    const changes = Array.from(markers, ([scalar, { place, secret }]) => {
      return replacement(scalar, text, secret.writtenAt(place.steps));
    });
    return changed(text, changes);
  }

  /** The secrets of a text, by their markers. */
  async #kept(
    text: string,
    { filename, within }: { filename: string; within: Steps },
  ): Promise<ReadonlyMap<string, KeptSecret>> {
    const document = documentOf(text, filename);
    const secrets = secretScalars(document);
    const byValue = new Map<string, KeptSecret>();
    forEachScalar(document, ({ scalar, steps, isKey }) => {
      if (isKey || !secrets.has(scalar) || !isWithin(steps, within)) return;
      const value = String(scalar.value);
      const secret = byValue.get(value) ?? new KeptSecret(scalar);
      secret.standsAt(steps, written(scalar, text));
      byValue.set(value, secret);
    });
    const kept = new Map<string, KeptSecret>();
    for (const [value, secret] of byValue) kept.set(await this.markerOf(value), secret);
    return kept;
  }
}

interface PlacedMarker {
  readonly place: ScalarPlace;
  readonly secret: KeptSecret;
  readonly isHidden: boolean;
}

/** Everything is text, as it was written. @throws ConfigError */
function documentOf(text: string, filename: string, lineCounter = new LineCounter()): Document.Parsed {
  // Bounds on size and depth, and problems in words that do not quote the text.
  readSource(text, filename);
  const read = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "error" } as const;
  return parseDocument(text, { ...read, lineCounter });
}
