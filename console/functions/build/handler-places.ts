import type { JobError } from "../../../mesh/job.ts";
import type { EditorProblem } from "../../ui/editor/editor-problem.ts";

/** The places of the handler that an error is about, as an editor marks them. */
export function handlerPlaces({ message, issues = [] }: JobError): readonly EditorProblem[] {
  return issues.flatMap(({ path: [file, line, column], message: about }): EditorProblem[] => {
    // `["handler.ts", line, column]`; anything else is about the definition.
    if (typeof file !== "string" || !file.startsWith("handler.") || typeof line !== "number") return [];
    return [{ line, column: typeof column === "number" ? column : 1, tone: "bad", message: about || message }];
  });
}
