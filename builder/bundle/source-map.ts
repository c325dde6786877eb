import * as v from "valibot";
import { BuildError } from "./build-error.ts";

/** A source map (ECMA-426), as far as it is looked at. */
const mapSchema = v.looseObject({ sources: v.array(v.string()), sourcesContent: v.array(v.nullable(v.string())) });

/**
 * A source map without the text of packages, which is most of it: where a line of theirs stood can still be told, and what it
 * said stands in the package.
 */
export function withoutPackageTexts(map: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), mapSchema), map);
  if (!parsed.success) throw new BuildError("failed", "the bundler's source map cannot be read");
  const { sources, sourcesContent } = parsed.output;
  const kept = sourcesContent.map((text, index) => (sources[index]?.includes("node_modules/") === true ? null : text));
  return JSON.stringify({ ...parsed.output, sourcesContent: kept });
}
