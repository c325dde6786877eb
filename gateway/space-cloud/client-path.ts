const CLIENT_PATH = /^\/v1\/api(?:\/|$)/;

/** Whether it is clients of 2019 who ask there: they parse `{"error":"…"}`, whatever they asked for. */
export function isClientPath(path: string): boolean {
  return CLIENT_PATH.test(path);
}
