import { join } from "node:path";
import { PROJECT_ROOT } from "./fmesh.ts";

/** `fmesh` at a terminal. */
export interface AtTerminal {
  /** Everything it has written so far, with the codes that move the cursor and set colours. */
  output(): string;
  /** Resolves with the output from there on, as soon as that matches. */
  until(pattern: RegExp, from?: number): Promise<string>;
  resize(columns: number, rows: number): void;
  /** Types keys; Ctrl-C is `\x03`. */
  press(keys: string): void;
  readonly exited: Promise<number>;
}

/** What was written, without the codes. */
export function withoutCodes(output: string): string {
  return Bun.stripANSI(output).replaceAll("\r", "");
}

/** Starts it at a pseudo-terminal of that size. */
export function startAtTerminal(
  args: readonly string[],
  { columns, rows, env }: { columns: number; rows: number; env: Readonly<Record<string, string | undefined>> },
): AtTerminal {
  const decoder = new TextDecoder();
  let text = "";
  let written = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, join(PROJECT_ROOT, "cli/main.ts"), ...args], {
    env: { ...process.env, TERM: "xterm", NO_COLOR: undefined, ...env },
    terminal: {
      cols: columns,
      rows,
      data: (_, bytes) => {
        text += decoder.decode(bytes, { stream: true });
        written.resolve();
        written = Promise.withResolvers();
      },
    },
  });
  const ended = child.exited.then(() => "ended" as const);
  return {
    output: () => text,
    async until(pattern, from = 0) {
      while (!pattern.test(text.slice(from))) {
        const which = await Promise.race([written.promise, ended]);
        const isIn = pattern.test(text.slice(from));
        if (which === "ended" && !isIn) throw new Error(`ended before ${String(pattern)}:\n${text}`);
      }
      return text.slice(from);
    },
    resize: (newColumns, newRows) => child.terminal?.resize(newColumns, newRows),
    press: (keys) => void child.terminal?.write(keys),
    exited: child.exited,
  };
}
