/** What lets libraries add styles under the page's policy; the gateway writes a new one into each page. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}
