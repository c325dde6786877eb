import { Boxes } from "lucide-react";
import type { ReactNode } from "react";
import { CodeBlock } from "../ui/code-block.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import styles from "./empty-mesh.module.css";

/** There is no service yet: how to get one. It shows up here by itself. */
export function EmptyMesh(): ReactNode {
  return (
    <EmptyState icon={<Boxes aria-hidden="true" />} title="No service is here yet">
      <p>
        Make a project with a service, its test and its rules, or start a worker that you have. It shows up here by
        itself.
      </p>
      <div className={styles["commands"]}>
        <CodeBlock language="shell" title="Make a project" code={"fmesh init greeter\ncd greeter\nfmesh dev"} />
        <CodeBlock language="shell" title="Start a worker" code="fmesh worker service.ts" />
      </div>
    </EmptyState>
  );
}
