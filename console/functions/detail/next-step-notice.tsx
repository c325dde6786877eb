import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { buttonClass } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { sentence } from "../../ui/sentence.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";
import type { NextStep } from "./next-step.ts";

/** Says what to do next, with a button that leads there. */
export function NextStepNotice({ project, fn, step }: FunctionTabProps & { readonly step: NextStep }): ReactNode {
  const { tone, title, text, action } = step;
  const look = buttonClass({ variant: "primary", size: "small" });
  return (
    <Notice
      tone={tone}
      title={title}
      actions={
        "tab" in action ? (
          <Link
            to="/functions/$project/$name"
            params={{ project, name: fn.label }}
            search={{ tab: action.tab }}
            className={look}
          >
            {action.label}
          </Link>
        ) : (
          <Link
            to="/rules/$project"
            params={{ project }}
            search={{ service: fn.label, function: "handler" }}
            className={look}
          >
            {action.label}
          </Link>
        )
      }
    >
      {text !== "" && sentence(text)}
    </Notice>
  );
}
