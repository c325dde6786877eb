/** What can be seen of a value on the other side: bytes as they are, everything else as JSON makes of it. */
export type Arrived<T> = [T] extends [Uint8Array | ArrayBuffer] ? Uint8Array : Serialized<T>;

/** What JSON makes of a value: dates become texts, methods disappear, `toJSON` is taken at its word. */
export type Serialized<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? unknown
      : T extends string | number | boolean | null | undefined
        ? T
        : T extends void
          ? undefined
          : T extends bigint | symbol | Method
            ? undefined
            : T extends { toJSON(...given: never): infer Json }
              ? Serialized<Json>
              : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
                ? Record<string, never>
                : T extends ArrayBufferView
                  ? Record<string, number>
                  : T extends readonly unknown[]
                    ? { [Index in keyof T]: SerializedElement<T[Index]> }
                    : { [Key in keyof T as T[Key] extends Method | symbol ? never : Key]: Serialized<T[Key]> };

// JSON has no undefined: an array keeps the place with null.
type SerializedElement<T> =
  IsAny<T> extends true ? T : unknown extends T ? unknown : T extends undefined ? null : Serialized<T>;

type Method = (...given: never) => unknown;

/** Whether a type is `any`. */
export type IsAny<T> = 0 extends 1 & T ? true : false;
