import { expectTypeOf, test } from "vitest";
import type { Arrived, Serialized } from "../../client/serialized.ts";

declare const brand: unique symbol;
type Brand = string & { readonly [brand]: true };

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
  toJSON(): { readonly cents: number; readonly at: Date } {
    return { cents: this.cents, at: new Date() };
  }
}

interface Tree {
  readonly name: string;
  readonly parts: readonly Tree[];
}

test("what JSON has stays as it is", () => {
  expectTypeOf<Serialized<string | number | boolean | null>>().toEqualTypeOf<string | number | boolean | null>();
  expectTypeOf<Serialized<"a" | "b">>().toEqualTypeOf<"a" | "b">();
  expectTypeOf<Serialized<Brand>>().toEqualTypeOf<Brand>();
  expectTypeOf<Serialized<{ a: [1, "b"]; c?: string }>>().toEqualTypeOf<{ a: [1, "b"]; c?: string }>();
  expectTypeOf<Serialized<Tree>["parts"][0]["name"]>().toEqualTypeOf<string>();
});

test("what has another form in JSON has that one", () => {
  expectTypeOf<Serialized<Date>>().toEqualTypeOf<string>();
  expectTypeOf<Serialized<{ at: Date; price: Money }[]>>().toEqualTypeOf<
    { at: string; price: { readonly cents: number; readonly at: string } }[]
  >();
  expectTypeOf<Serialized<(Date | undefined)[]>>().toEqualTypeOf<(string | null)[]>();
  expectTypeOf<Serialized<Map<string, number>>>().toEqualTypeOf<Record<string, never>>();
});

test("what JSON leaves out is not there", () => {
  expectTypeOf<Serialized<{ a: number; f: () => void; s: symbol }>>().toEqualTypeOf<{ a: number }>();
});

test("of what nothing is known, nothing is claimed", () => {
  expectTypeOf<Serialized<unknown>>().toBeUnknown();
  expectTypeOf<Serialized<{ a: unknown }>>().toEqualTypeOf<{ a: unknown }>();
  // oxlint-disable-next-line typescript/no-explicit-any -- it is what is tested
  expectTypeOf<Serialized<any>>().toBeAny();
});

test("bytes that are the whole result stay bytes", () => {
  expectTypeOf<Arrived<Uint8Array>>().toEqualTypeOf<Uint8Array>();
  expectTypeOf<Arrived<ArrayBuffer>>().toEqualTypeOf<Uint8Array>();
  expectTypeOf<Arrived<void>>().toEqualTypeOf<undefined>();
});
