import type { ReactNode } from "react";
import { Card } from "../ui/card.tsx";
import { JsonBlock } from "../ui/code-block.tsx";

/** What was sent or answered, as far as it was recorded. */
export function RecordedValue({
  title,
  value,
  absence,
}: {
  readonly title: string;
  readonly value: unknown;
  /** Why there is none, if not for want of a record. */
  readonly absence?: string | undefined;
}): ReactNode {
  if (value !== undefined) return <JsonBlock value={value} title={title} />;
  return (
    <Card title={title}>
      {absence ?? (
        <>
          Nothing was recorded. <code>record: full</code> in the configuration records what is sent and answered.
        </>
      )}
    </Card>
  );
}
