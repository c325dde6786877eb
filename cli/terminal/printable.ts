// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text that came over the network, without what would command a terminal: colours, cursor movements, titles. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, "�");
}
