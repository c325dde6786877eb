/** Placeholder of the shape; replaced by the Valibot schema. */
export interface Rule {
  readonly rule: string;
  readonly [field: string]: unknown;
}
