import { MeshError } from "./errors.ts";
import { isName } from "./names.ts";
import { subjectOf } from "./subjects.ts";

/** First token of the subjects at which clients publish to one another. */
const PUBSUB_PREFIX = "pubsub";
/** All of it, written out, has to fit into one line of the broker's protocol, which is 4096 bytes long. */
const MAX_PUBSUB_CHARACTERS = 255;
const MAX_PUBSUB_DEPTH = 32;

/**
 * Subject of what clients of a project publish at a path of theirs: `pubsub.<project>.<segment>.<segment>…`. A segment may be any
 * text: what is syntax on the broker is escaped as in a URL, so that it is one token, and never leads elsewhere.
 * @throws MeshError `invalid_request` for a project outside the grammar, an empty segment, and paths that are too long or too deep.
 */
export function pubsubSubject(project: string, segments: readonly string[]): string {
  const characters = segments.reduce((sum, segment) => sum + segment.length, segments.length);
  if (characters > MAX_PUBSUB_CHARACTERS || segments.length > MAX_PUBSUB_DEPTH) {
    const most = `${MAX_PUBSUB_CHARACTERS} characters in ${MAX_PUBSUB_DEPTH} segments`;
    throw new MeshError("invalid_request", `the subject is too long; it may have ${most}`);
  }
  return [subjectOf(PUBSUB_PREFIX, project), ...segments.map(asToken)].join(".");
}

/** The segments in a subject of {@link pubsubSubject}; `undefined` for any other subject. */
export function parsePubsubSubject(subject: string): readonly string[] | undefined {
  const [prefix, project, ...tokens] = subject.split(".");
  if (prefix !== PUBSUB_PREFIX || project === undefined || !isName(project)) return undefined;
  try {
    return tokens.map(decodeURIComponent);
  } catch {
    // Whoever published it is no gateway of ours.
    return undefined;
  }
}

/** A text as one token of a subject; `decodeURIComponent` has it back. */
function asToken(text: string): string {
  if (text === "" || !text.isWellFormed()) {
    throw new MeshError("invalid_request", "the subject holds a segment that is no text");
  }
  // All other syntax of subjects it escapes by itself.
  return encodeURIComponent(text).replaceAll(".", "%2E").replaceAll("*", "%2A");
}
