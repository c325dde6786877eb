import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import type { Remark } from "./findings.ts";
import { RemarkList } from "./remark-list.tsx";
import { rulesRoute } from "./routes.ts";

/** What a reviewer would say about the configuration that is in force. */
export function FindingsTab({
  project,
  remarks,
}: {
  readonly project: string;
  readonly remarks: readonly Remark[];
}): ReactNode {
  const navigate = rulesRoute.useNavigate();
  const jump = ({ entry, line, column, tone }: Remark): (() => void) | undefined => {
    const isHere = entry !== undefined && (entry.project === undefined || entry.project === project) && tone === "info";
    if (isHere) return () => void navigate({ search: { service: entry.service, function: entry.function } });
    if (line > 0) return () => void navigate({ search: { view: "text", at: `${line}:${column}` } });
    return undefined;
  };
  if (remarks.length === 0) {
    return (
      <EmptyState icon={<CircleCheck aria-hidden="true" />} title="Nothing to say">
        No rule is open by accident, contradicts itself, or asks for what is not there.
      </EmptyState>
    );
  }
  return (
    <Card title="What is probably not meant" description="Found in the configuration that is in force." isFlush>
      <RemarkList remarks={remarks} onJump={jump} />
    </Card>
  );
}
