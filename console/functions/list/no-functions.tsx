import { Link } from "@tanstack/react-router";
import { SquareFunction } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "../../session/session-context.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { TEMPLATES } from "../create/templates.ts";
import styles from "./list.module.css";

/** Where no function is stored: begin with a template, or from a terminal. */
export function NoFunctions({ project }: { readonly project: string }): ReactNode {
  const { can } = useSession();
  return (
    <EmptyState icon={<SquareFunction aria-hidden="true" />} title="No function is stored yet">
      <p>
        Write one here, build it into an image and deploy it: it is then called like any other function of the mesh.
        {!can("change") && " An administrator can create the first one."}
      </p>
      {can("change") && (
        <ul className={styles["starts"]} aria-label="Templates">
          {TEMPLATES.map(({ id, title, description }) => (
            <li key={id}>
              <Link className={styles["start"]} to="/functions/$project" params={{ project }} search={{ create: id }}>
                <span className={styles["startTitle"]}>{title}</span>
                <span className={styles["description"]}>{description}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <p>Or store a folder from a terminal:</p>
      <CodeBlock language="shell" code="fmesh functions push ./my-function --deploy" />
    </EmptyState>
  );
}
