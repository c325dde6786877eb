/**
 * How well a text answers what somebody typed: every word of it has to be there, in any order. 0 is not at all; the
 * beginning of the text is best, then the beginning of a word.
 */
export function matchScore(text: string, typed: string): number {
  const lower = text.toLowerCase();
  let score = 1;
  for (const word of typed.toLowerCase().split(/\s+/)) {
    if (word === "") continue;
    const at = lower.indexOf(word);
    if (at === -1) return 0;
    const startsWord = at === 0 || !/[a-z0-9]/.test(lower.charAt(at - 1));
    score += at === 0 ? 3 : startsWord ? 2 : 1;
  }
  return score;
}
