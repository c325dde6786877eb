import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import type { Remark } from "./findings.ts";
import { RemarkList } from "./remark-list.tsx";

/** What a reviewer would say about the configuration that is in force. */
export function FindingsTab({
  remarks,
  onJump,
}: {
  readonly remarks: readonly Remark[];
  readonly onJump: (remark: Remark) => (() => void) | undefined;
}): ReactNode {
  if (remarks.length === 0) {
    return (
      <EmptyState icon={<CircleCheck aria-hidden="true" />} title="Nothing to say">
        No rule is open by accident, contradicts itself, or asks for what is not there.
      </EmptyState>
    );
  }
  return (
    <Card title="What is probably not meant" description="Found in the configuration that is in force." isFlush>
      <RemarkList remarks={remarks} onJump={onJump} />
    </Card>
  );
}
