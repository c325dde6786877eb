/** The media types that the client itself makes something of. */
export const JSON_TYPE = "application/json";
export const BYTES_TYPE = "application/octet-stream";

/** A content type without its parameters, in lower case. */
export function mediaType(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** Whether a media type is JSON, or JSON of a kind (`application/geo+json`). */
export function isJson(type: string): boolean {
  return type === JSON_TYPE || type.endsWith("+json");
}
