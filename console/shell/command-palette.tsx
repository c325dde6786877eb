import { Dialog } from "@base-ui/react/dialog";
import { type KeyboardEvent, type ReactNode, useId, useMemo, useState } from "react";
import overlay from "../ui/overlay.module.css";
import styles from "./command-palette.module.css";
import { type Command, usePageCommands } from "./commands.ts";
import { matchScore } from "./match.ts";
import { useStandardCommands } from "./use-standard-commands.ts";

/** Goes anywhere and does anything by a few letters. */
export function CommandPalette({
  onClose,
  onShowShortcuts,
}: {
  readonly onClose: () => void;
  readonly onShowShortcuts: () => void;
}): ReactNode {
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const ofPage = usePageCommands();
  const standard = useStandardCommands(onShowShortcuts);
  const found = useMemo(() => find([...ofPage, ...standard], typed), [ofPage, standard, typed]);
  const index = Math.min(chosen, found.length - 1);

  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") setChosen((index + 1) % Math.max(found.length, 1));
    else if (event.key === "ArrowUp") setChosen((index - 1 + found.length) % Math.max(found.length, 1));
    else if (event.key === "Enter") run(found[index]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={overlay["backdrop"]} />
        <Dialog.Popup className={styles["palette"]} aria-label="Jump to">
          <input
            className={styles["input"]}
            role="combobox"
            aria-label="Jump to a page, or do something"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={found.length > 0 ? `${listId}-${index}` : undefined}
            placeholder="Jump to a page, or do something …"
            value={typed}
            spellCheck={false}
            onKeyDown={onKeyDown}
            onChange={(event) => {
              setTyped(event.target.value);
              setChosen(0);
            }}
          />
          <div id={listId} className={styles["list"]} role="listbox" aria-label="What was found">
            {found.map((command, at) => (
              // The keyboard is at the field above; this is for pointers.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={command.id}
                id={`${listId}-${at}`}
                ref={at === index ? (row) => row?.scrollIntoView({ block: "nearest" }) : undefined}
                role="option"
                tabIndex={-1}
                aria-selected={at === index}
                className={styles["option"]}
                onPointerMove={() => setChosen(at)}
                onClick={() => run(command)}
              >
                <span className={styles["group"]}>{command.group}</span>
                {command.title}
                {command.words !== undefined && <span className={styles["words"]}>{command.words}</span>}
              </div>
            ))}
          </div>
          {found.length === 0 && <p className={styles["none"]}>Nothing is called “{typed}”.</p>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function find(commands: readonly Command[], typed: string): readonly Command[] {
  return commands
    .map((command) => {
      const { title, group, words = "" } = command;
      const byTitle = matchScore(title, typed) * 2;
      return { command, score: byTitle || matchScore(`${title} ${group} ${words}`, typed) };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ command }) => command);
}
