/** What helps, by the word for what is wrong: `docs/deploying.md`. */
const ADVICE: Readonly<Record<string, string>> = {
  policy_refused: "The image does not hold by the policy; the text names the rules.",
  image_unavailable: "Build the version again. In a cluster, look at imagePullSecrets.",
  secret_missing: "Set the secret with “fmesh secrets set”, or create it in the namespace.",
  start_failed:
    "It ended before it took calls. The last lines that it wrote stand above; mend the code and deploy again.",
  crash_loop: "It keeps ending. The logs say why; calls can be sent back to the version before.",
  out_of_memory: "Give it more memory in its settings, or let it use less.",
  not_ready: "It runs, and took no calls in time. Look at what it does when it is loaded.",
  quota: "The place where it runs has no room: ask for less resources, or make room.",
  unreachable: "The cluster does not answer; “fmesh cluster check” says more.",
  unauthorized: "The cluster does not know us: give it new credentials.",
  forbidden: "The cluster does not let us: grant the rights in deploy/deployer-rights.yaml.",
  conflict: "Somebody else manages the same object; the text names who.",
  build_failed: "Mend the code, and build it again.",
};

/** Reasons of a deployment that jobs have other words for. */
const REASONS: Readonly<Record<string, string>> = { Restarting: "crash_loop" };

/** What a person can do about a `CrashLoop` or a `crash_loop`; `undefined` when there is nothing to say. */
export function whatToDo(reason: string | undefined): string | undefined {
  if (reason === undefined) return undefined;
  const word = REASONS[reason] ?? reason.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
  return ADVICE[word];
}
