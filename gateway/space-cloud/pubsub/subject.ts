/** The segments of a subject as clients write it: `/chat/lobby/`, `chat/lobby` and `//chat//lobby` have the same two. */
export function segmentsOf(subject: string): readonly string[] {
  return subject.split("/").filter((segment) => segment !== "");
}

/** The subject in the one form in which clients are told of it: `/chat/lobby/`. */
export function subjectText(segments: readonly string[]): string {
  return `/${segments.map((segment) => `${segment}/`).join("")}`;
}
