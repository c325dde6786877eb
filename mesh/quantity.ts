/** Memory as Kubernetes writes it: `256Mi`, `1Gi`. */
export const MEMORY = /^[1-9]\d{0,6}(?:Mi|Gi)$/;

/** Processors as Kubernetes writes them: `500m`, `2`, `0.5`. */
export const CPU = /^(?:[1-9]\d{0,5}m|\d{1,3}(?:\.\d{1,3})?)$/;

/** The bytes of a quantity that {@link MEMORY} matches. */
export function memoryBytes(quantity: string): number {
  const unit = quantity.endsWith("Gi") ? 1024 ** 3 : 1024 ** 2;
  return Number.parseInt(quantity, 10) * unit;
}

/** The processors of a quantity that {@link CPU} matches. */
export function processors(quantity: string): number {
  return quantity.endsWith("m") ? Number.parseInt(quantity, 10) / 1000 : Number(quantity);
}
