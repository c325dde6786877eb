/** Why a store cannot be opened, and what to do. Holds no password. */
export class StoreStartError extends Error {
  override readonly name = "StoreStartError";
}
