/** What each process says when it comes and goes. With every save it would bury the rest; one line says it all. */
const ROUTINE = new Set(["broker connected", "service is up", "draining"]);

/** Whether a line of a worker's JSON log is of no interest to who develops. */
export function isRoutine(line: string): boolean {
  if (!line.startsWith('{"time":')) return false;
  try {
    const { message } = JSON.parse(line) as { message?: unknown };
    return typeof message === "string" && ROUTINE.has(message);
  } catch {
    return false; // a line that only looks like one of ours
  }
}
