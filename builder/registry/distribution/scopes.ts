/** What a token is for: to read from a repository. */
export function toRead(repository: string): string {
  return `repository:${repository}:pull`;
}

/** To read from and write to it. */
export function toWrite(repository: string): string {
  return `repository:${repository}:pull,push`;
}
