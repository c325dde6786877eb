import { Toast } from "@base-ui/react/toast";
import { CircleCheck, Info, OctagonX, X } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { ProblemError } from "../api/problem-error.ts";
import { Button, IconButton } from "./button.tsx";
import { sentence } from "./sentence.ts";
import styles from "./toast.module.css";

/** Tells what has come of something, without being in the way. */
export interface Toasts {
  readonly good: (title: string, more?: ToastMore) => void;
  readonly info: (title: string, more?: ToastMore) => void;
  /** What failed: it stays until it is closed. */
  readonly bad: (title: string, error: unknown) => void;
}

/** What a toast may say besides. */
export interface ToastMore {
  readonly description?: string;
  readonly action?: { readonly label: string; readonly onPress: () => void };
}

const ICONS = { good: CircleCheck, info: Info, bad: OctagonX };

/** Shows the toasts of what is inside. */
export function ToastProvider({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Toast.Provider timeout={5000} limit={4}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles["viewport"]}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

/** To tell what has come of something. */
export function useToasts(): Toasts {
  const { add } = Toast.useToastManager();
  return useMemo(() => {
    const tell =
      (type: "good" | "info") =>
      (title: string, { description, action }: ToastMore = {}): void => {
        add({
          type,
          title,
          ...(description !== undefined && { description }),
          ...(action !== undefined && { actionProps: { children: action.label, onClick: action.onPress } }),
        });
      };
    return {
      good: tell("good"),
      info: tell("info"),
      bad: (title, error) => {
        add({
          type: "bad",
          title,
          description: sentence(ProblemError.from(error).message),
          timeout: 0,
          priority: "high",
        });
      },
    };
  }, [add]);
}

function ToastList(): ReactNode {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => {
    const type = toast.type === "bad" || toast.type === "good" ? toast.type : "info";
    const Icon = ICONS[type];
    return (
      <Toast.Root key={toast.id} toast={toast} className={styles["toast"]}>
        <Icon className={styles[type]} aria-hidden="true" />
        <Toast.Content>
          <Toast.Title className={styles["title"]} />
          <Toast.Description className={styles["description"]} />
          {toast.actionProps !== undefined && (
            <Toast.Action className={styles["action"]} render={<Button size="small" />} />
          )}
        </Toast.Content>
        <Toast.Close render={<IconButton size="small" label="Close" icon={<X aria-hidden="true" />} />} />
      </Toast.Root>
    );
  });
}
