/** What kind of thing cannot become an image. */
export type ImageErrorCode =
  /** A path that would leave the image, or that no file can have. */
  | "path_refused"
  /** The base has no image of an architecture that is wanted. */
  | "architecture_missing";

/** An image cannot be made of what is there; says of what, and what to do. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
