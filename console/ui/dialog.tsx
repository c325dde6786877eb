import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import styles from "./overlay.module.css";

/** Asks for something that cannot wait. Escape closes it, and the focus returns to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  actions,
  isWide = false,
  children,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  /** Buttons at its foot, the most likely one last. */
  readonly actions?: ReactNode;
  readonly isWide?: boolean;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles["backdrop"]} />
        <Base.Popup className={classNames(styles["dialog"], isWide && styles["wide"])}>
          <div className={styles["dialogHead"]}>
            <div>
              <Base.Title className={styles["dialogTitle"]}>{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className={styles["dialogDescription"]}>{description}</Base.Description>
              )}
            </div>
            <Base.Close render={<IconButton size="small" label="Close" icon={<X aria-hidden="true" />} />} />
          </div>
          {children !== undefined && <div className={styles["dialogBody"]}>{children}</div>}
          {actions !== undefined && <div className={styles["dialogActions"]}>{actions}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** Asks whether something is really meant. */
export function ConfirmDialog({
  isOpen,
  onClose,
  onConfirm,
  title,
  children,
  action,
  isDanger = false,
  isBusy = false,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  /** A question. */
  readonly title: string;
  /** What will happen then. */
  readonly children?: ReactNode;
  /** What the button says: a verb. */
  readonly action: string;
  readonly isDanger?: boolean;
  readonly isBusy?: boolean;
}): ReactNode {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant={isDanger ? "danger" : "primary"} isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
