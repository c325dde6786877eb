import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleCheck, CircleX, Copy, EllipsisVertical, Terminal, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useProjectApi } from "../api/api-context.tsx";
import { EVENTS_PATH } from "../events/events-api.ts";
import type { Status } from "../events/search.ts";
import { useSession } from "../session/session-context.tsx";
import { IconButton } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import { useToasts } from "../ui/toast.tsx";
import type { EventProps } from "./event-props.ts";
import { asCurl, asReplayCommand } from "./copy-as.ts";
import { recordedPayload } from "./recorded-payload.ts";
import { callOf } from "./use-replay.ts";

/** What else can be done with an event: copied, ended, deleted. */
export function EventMenu({ project, event, search }: EventProps): ReactNode {
  const { id, status, invocationId } = event;
  const api = useProjectApi(project);
  const client = useQueryClient();
  const navigate = useNavigate();
  const toasts = useToasts();
  const mayChange = useSession().can("change");
  const [asking, setAsking] = useState<"delete" | Exclude<Status, "PENDING">>();
  const recorded = recordedPayload(event);
  const isCall = invocationId !== undefined;

  const act = useMutation({
    mutationFn: (what: NonNullable<typeof asking>) =>
      what === "delete" ? api.delete(`${EVENTS_PATH}/${id}`) : api.put(`${EVENTS_PATH}/${id}`, { status: what }),
    onSuccess: async (_, what) => {
      setAsking(undefined);
      toasts.good(what === "delete" ? "The event is deleted" : "The event has ended");
      if (what === "delete") {
        const to = isCall ? "/invocations/$project" : "/events/$project";
        await navigate({ to, params: { project }, search });
      }
      await client.invalidateQueries({ queryKey: ["events", project] });
    },
    onError: (error, what) => {
      setAsking(undefined);
      toasts.bad(what === "delete" ? "The event could not be deleted" : "The event could not be ended", error);
    },
  });
  const copy = async (text: string | Promise<string>): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await text);
      toasts.good("Copied");
    } catch (error) {
      toasts.bad("It could not be copied", error);
    }
  };
  const curl = async (): Promise<string> => {
    if (recorded.refusal !== undefined) throw new Error(recorded.refusal);
    return asCurl(await callOf(api, event, { payload: recorded.payload, project }), location.origin, project);
  };

  return (
    <>
      <Menu trigger={<IconButton label="More" variant="secondary" icon={<EllipsisVertical aria-hidden="true" />} />}>
        {isCall && (
          <>
            <MenuItem
              icon={<Copy aria-hidden="true" />}
              isDisabled={recorded.refusal !== undefined}
              onSelect={() => void copy(curl())}
            >
              Copy as curl
            </MenuItem>
            <MenuItem icon={<Terminal aria-hidden="true" />} onSelect={() => void copy(asReplayCommand(id, project))}>
              Copy as fmesh command
            </MenuItem>
          </>
        )}
        <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => void copy(JSON.stringify(event, null, 2))}>
          Copy as JSON
        </MenuItem>
        <MenuSeparator />
        {status === "PENDING" && (
          <>
            <MenuItem
              icon={<CircleCheck aria-hidden="true" />}
              isDisabled={!mayChange}
              onSelect={() => setAsking("SUCCESS")}
            >
              End as success
            </MenuItem>
            <MenuItem
              icon={<CircleX aria-hidden="true" />}
              isDisabled={!mayChange}
              onSelect={() => setAsking("FAILURE")}
            >
              End as failure
            </MenuItem>
          </>
        )}
        <MenuItem
          icon={<Trash2 aria-hidden="true" />}
          isDanger
          isDisabled={!mayChange}
          {...(!mayChange && { note: "only administrators" })}
          onSelect={() => setAsking("delete")}
        >
          Delete
        </MenuItem>
      </Menu>
      <ConfirmDialog
        isOpen={asking !== undefined}
        onClose={() => setAsking(undefined)}
        onConfirm={() => asking !== undefined && act.mutate(asking)}
        isBusy={act.isPending}
        isDanger={asking === "delete"}
        title={asking === "delete" ? "Delete this event?" : "End this event?"}
        action={asking === "delete" ? "Delete it" : "End it"}
      >
        {asking === "delete"
          ? "Its record is gone then, for everybody. What it told others stays told."
          : `It becomes a ${asking === "FAILURE" ? "failure" : "success"} and stays one. A function that still runs is not stopped.`}
      </ConfirmDialog>
    </>
  );
}
