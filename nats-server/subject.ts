/** Whether one may subscribe to it: no empty token, `>` only as the last one. */
export function isSubscribable(subject: string): boolean {
  let start = 0;
  for (;;) {
    const dot = subject.indexOf(".", start);
    const end = dot === -1 ? subject.length : dot;
    if (end === start) return false;
    if (dot === -1) return true;
    if (end === start + 1 && subject[start] === ">") return false;
    start = dot + 1;
  }
}

/** Whether a `*` or `>` stands for other tokens. Inside a longer token they are ordinary letters. */
export function hasWildcard(subject: string): boolean {
  return subject.split(".").some((token) => token === "*" || token === ">");
}

/** Whether one may publish to it: what one may subscribe to, without wildcards. */
export function isPublishable(subject: string): boolean {
  return isSubscribable(subject) && !hasWildcard(subject);
}
