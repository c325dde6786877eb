/** What people and tools read of an image; becomes its annotations and labels. */
export interface AboutImage {
  readonly title: string;
  readonly version?: string;
  readonly description?: string;
  /** Where its source is. */
  readonly source?: string;
  /** Which state of the source it is. */
  readonly revision?: string;
}

const PREFIX = "org.opencontainers.image";

/** The annotations that the OCI image spec predefines (annotations.md), without those that are not known. */
export function annotationsOf(about: AboutImage, created: string): Record<string, string> {
  const { title, version, description, source, revision } = about;
  const known = Object.entries({ title, version, description, source, revision }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
  );
  return {
    [`${PREFIX}.created`]: created,
    ...Object.fromEntries(known.map(([name, text]) => [`${PREFIX}.${name}`, text])),
  };
}

/** What an image says of the one that it stands on. */
export function baseAnnotations(base: { readonly name: string; readonly digest: string }): Record<string, string> {
  return { [`${PREFIX}.base.name`]: base.name, [`${PREFIX}.base.digest`]: base.digest };
}

/**
 * Seconds since 1970 as RFC 3339: the time that a reproducible build gives instead of the clock's
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 * @throws TypeError when it is no time that an archive can hold
 */
export function timeOfEpoch(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds >= 8 ** 11) {
    throw new TypeError(`SOURCE_DATE_EPOCH is ${seconds}; use whole seconds since 1970, such as 0`);
  }
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
