/** What stands at the beginning and is no word: `params.name:`, `start_failed`, `/v1/call`. */
const CODE = /^\S*(?:[._/[\]()=]\S|:(?:\s|$))/;

/** A text of the gateway, which begins small, as a sentence of its own. Names of things stay as they are. */
export function sentence(text: string): string {
  return CODE.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
