/** The address at which whoever opens it first is signed in: the code stands where browsers send nothing of it anywhere. */
export function consoleLink(gatewayUrl: string, code: string): string {
  return `${gatewayUrl}/console/#code=${code}`;
}
