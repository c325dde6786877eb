import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Repeat } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useSession } from "../session/session-context.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import type { EventProps } from "./event-props.ts";
import { recordedPayload } from "./recorded-payload.ts";
import { useReplay } from "./use-replay.ts";

/** Makes a recorded call again, after asking. */
export function ReplayButton({ project, event, search }: EventProps): ReactNode {
  const { can, user } = useSession();
  const [isOpen, setOpen] = useState(false);
  const replay = useReplay(project, event);
  const client = useQueryClient();
  const recorded = recordedPayload(event);
  const { refusal } = recorded;
  const why = can("change") ? refusal : "Only administrators make calls again.";
  const close = (): void => {
    setOpen(false);
    replay.reset();
  };
  const run = (): void => {
    if (recorded.refusal !== undefined) return;
    replay.mutate(recorded.payload, {
      onSettled: () => void client.invalidateQueries({ queryKey: ["events", project, "beside"] }),
    });
  };
  const done = replay.data;
  return (
    <>
      <Button
        icon={<Repeat aria-hidden="true" />}
        disabled={why !== undefined}
        title={why}
        onClick={() => setOpen(true)}
      >
        Replay
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={close}
        isWide
        title={done === undefined ? `Call ${event.source} again?` : `It answered with ${done.status}`}
        actions={
          done === undefined ? (
            <>
              <Button onClick={close}>Cancel</Button>
              <Button variant="primary" isBusy={replay.isPending} onClick={run}>
                Call again
              </Button>
            </>
          ) : (
            <>
              <Button onClick={close}>Close</Button>
              {done.id !== undefined && (
                <Link
                  to="/invocations/$project/$id"
                  params={{ project, id: done.id }}
                  search={search}
                  className={buttonClass({ variant: "primary" })}
                  onClick={close}
                >
                  Open the new record
                </Link>
              )}
            </>
          )
        }
      >
        {done === undefined ? (
          <>
            <p>
              The function runs once more with what was sent then, and whatever it does it does again. It is called in
              your name ({user}), whoever called then: the rules decide whether you may.
            </p>
            {replay.error !== null && <ErrorNotice error={replay.error} title="The call could not be made" />}
            {recorded.refusal === undefined && (
              <CodeBlock title="Sent" language="json" code={JSON.stringify(recorded.payload, null, 2) ?? "(nothing)"} />
            )}
          </>
        ) : (
          <>
            <CodeBlock title="Answer" language="json" code={done.body === "" ? "(nothing)" : done.body} isWrapped />
            {done.id === undefined && <p>This call was not recorded.</p>}
          </>
        )}
      </Dialog>
    </>
  );
}
