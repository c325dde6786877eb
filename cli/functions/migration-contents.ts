/** What is lost with a migration, by its name. */
const CONTENTS: Readonly<Record<string, string>> = {
  "0001-initial": "functions, their versions and all events",
  "0002-builds": "jobs, and which images came out of them",
  "0003-deployments": "how functions are deployed, and the jobs that did it",
  "0004-event-filters": "nothing: events are only found more slowly",
};

/** What the tables of a migration hold. */
export function contentsOf(migration: string): string {
  return CONTENTS[migration] ?? "what only a newer version knows";
}
