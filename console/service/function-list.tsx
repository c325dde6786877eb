import type { ReactNode } from "react";
import type { FunctionView } from "../../mesh/mesh-view.ts";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FunctionItem } from "./function-item.tsx";
import styles from "./service.module.css";

/** The functions of a service; one of them may be open. */
export function FunctionList({
  project,
  service,
  isHouse,
  functions,
  open,
  onOpen,
}: {
  readonly project: string;
  readonly service: string;
  readonly isHouse: boolean;
  readonly functions: readonly FunctionView[];
  readonly open: string | undefined;
  readonly onOpen: (name: string | undefined) => void;
}): ReactNode {
  return (
    <Card isFlush title="Functions">
      {functions.length === 0 ? (
        <EmptyState title="No functions">This service announces none.</EmptyState>
      ) : (
        <ul className={styles["functions"]} aria-label="Functions">
          {functions.map((each) => (
            <FunctionItem
              key={each.name}
              project={project}
              service={service}
              isHouse={isHouse}
              view={each}
              isOpen={each.name === open}
              onToggle={() => onOpen(each.name === open ? undefined : each.name)}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}
