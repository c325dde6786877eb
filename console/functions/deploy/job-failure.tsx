import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { JobError } from "../../../mesh/job.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { sentence } from "../../ui/sentence.ts";
import { whatToDo } from "../detail/what-to-do.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** Why a job failed, and what to do about it. */
export function JobFailure({ project, fn, error }: FunctionTabProps & { readonly error: JobError }): ReactNode {
  const { code, message, issues = [] } = error;
  const advice = whatToDo(code);
  return (
    <Notice
      tone="bad"
      title={code}
      actions={
        <Link
          to="/functions/$project/$name"
          params={{ project, name: fn.label }}
          search={{ tab: "code" }}
          className={buttonClass({ size: "small" })}
        >
          Open the code
        </Link>
      }
    >
      <p>{sentence(message)}</p>
      {issues.length > 0 && (
        <ul>
          {issues.map(({ path, message: what }) => (
            <li key={`${path.join(":")} ${what}`}>
              <code>{path.join(":")}</code> {what}
            </li>
          ))}
        </ul>
      )}
      {advice !== undefined && <p>{advice}</p>}
    </Notice>
  );
}
