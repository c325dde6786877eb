import { EllipsisVertical, Play, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, IconButton } from "../button.tsx";
import { Card } from "../card.tsx";
import { ConfirmDialog, Dialog } from "../dialog.tsx";
import { Kbd } from "../kbd.tsx";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "../menu.tsx";
import { Popover } from "../popover.tsx";
import { useToasts } from "../toast.tsx";
import { Tooltip } from "../tooltip.tsx";
import styles from "./gallery.module.css";

/** What opens over a page. */
export function OverlaysCard(): ReactNode {
  const [open, setOpen] = useState<"dialog" | "confirm">();
  const toasts = useToasts();
  const close = (): void => setOpen(undefined);
  const nothing = (): void => undefined;
  return (
    <Card
      title="What opens"
      actions={
        <Menu trigger={<IconButton size="small" label="More" icon={<EllipsisVertical aria-hidden="true" />} />}>
          <MenuGroup label="Version 4">
            <MenuItem icon={<Play aria-hidden="true" />} onSelect={nothing} note={<Kbd keys="mod enter" />}>
              Promote
            </MenuItem>
            <MenuItem onSelect={nothing} isDisabled>
              Roll back
            </MenuItem>
          </MenuGroup>
          <MenuSeparator />
          <MenuItem icon={<Trash2 aria-hidden="true" />} isDanger onSelect={nothing}>
            Delete
          </MenuItem>
        </Menu>
      }
    >
      <div className={styles["row"]}>
        <Button onClick={() => setOpen("dialog")}>Dialog</Button>
        <Button onClick={() => setOpen("confirm")}>Confirmation</Button>
        <Popover trigger={<Button>Popover</Button>} title="Traffic">
          Nine of ten calls reach version 3.
        </Popover>
        <Tooltip text="The gateway and its broker run in one process">
          <Button variant="quiet">Tooltip</Button>
        </Tooltip>
        <Button onClick={() => toasts.good("Saved", { description: "In force on 2 gateways" })}>Good news</Button>
        <Button onClick={() => toasts.bad("Not saved", new Error("somebody else saved meanwhile"))}>Bad news</Button>
      </div>
      <Dialog
        isOpen={open === "dialog"}
        onClose={close}
        title="New function"
        description="It is built and deployed when you save it."
        actions={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" onClick={close}>
              Create
            </Button>
          </>
        }
      >
        What a dialog asks for.
      </Dialog>
      <ConfirmDialog
        isOpen={open === "confirm"}
        onClose={close}
        onConfirm={close}
        title="Delete “resize-image”?"
        action="Delete"
        isDanger
      >
        Its versions and logs go, too. Events that were recorded stay.
      </ConfirmDialog>
    </Card>
  );
}
