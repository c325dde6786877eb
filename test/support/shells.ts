import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_ROOT } from "./fmesh.ts";

/** A folder with `fmesh` in it and shells that have it on their path, with its completion. */
export interface Shells extends AsyncDisposable {
  readonly folder: string;
  /**
   * Types into an interactive bash or zsh at a terminal of its own, and resolves with the command line that it then has
   * and with all that the terminal showed.
   */
  type(shell: "bash" | "zsh", keys: string): Promise<{ readonly line: string; readonly screen: string }>;
  /** What fish would offer for a command line: a line each, with a tab before the description. */
  askFish(line: string): Promise<string[]>;
}

// A key of their own shows the command line as it is after what was typed before.
const SET_UP = {
  bash: `PS1=; bind 'set bell-style none'; bind 'set enable-bracketed-paste off'
source <(fmesh completion bash)
show() { echo "<<$READLINE_LINE>>"; }
bind -x '"\\C-t": show'
echo READY`,
  zsh: `PS1=; unsetopt zle_bracketed_paste prompt_sp; zstyle ':completion:*' list-prompt ''
autoload -Uz compinit && compinit -u -D
source <(fmesh completion zsh)
show() { zle -I; print -r -- "<<$BUFFER>>" }
zle -N show; bindkey '^T' show
echo READY`,
};

const START = { bash: "bash --norc --noprofile -i", zsh: "zsh -f -i" };

// zsh has pseudo-terminals built in.
const DRIVER = `zmodload zsh/zpty
zpty shell "$1"
zpty -w shell " source $2"
zpty -r shell ready '*READY*' || exit 1
zpty -w -n shell "$3"
zpty -r shell shown '*<<*>>*' || exit 1
print -r -- "$shown"
zpty -d shell`;

export async function useShells(): Promise<Shells> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-shells-"));
  const program = join(folder, "fmesh");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${join(PROJECT_ROOT, "cli/main.ts")}" "$@"\n`);
  await chmod(program, 0o755);
  const run = async (command: readonly string[]): Promise<string> => {
    const child = Bun.spawn([...command], {
      cwd: folder,
      env: {
        PATH: `${folder}:${process.env["PATH"] ?? ""}`,
        HOME: folder,
        TERM: "xterm",
        COLUMNS: "200",
        LC_ALL: "C.UTF-8",
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(`${command[0] ?? ""} ended with code ${code}: ${errors}`);
    return output;
  };
  return {
    folder,
    async type(shell, keys) {
      const setUp = join(folder, `set-up.${shell}`);
      await writeFile(setUp, SET_UP[shell]);
      const screen = await run(["zsh", "-f", "-c", DRIVER, "driver", START[shell], setUp, `${keys}\u0014`]);
      return { line: /<<([^]*?)>>/.exec(screen)?.[1] ?? "", screen };
    },
    async askFish(line) {
      const script = "fmesh completion fish | source; complete -C $argv[1]";
      const output = await run(["fish", "--no-config", "-c", script, line]);
      return output.split("\n").filter((each) => each !== "");
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
