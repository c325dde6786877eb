const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** A size as a person reads it: `512 bytes`, `4.1 kB`, `120 MB`. */
export function formatBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  for (; size >= 999.5 && unit < UNITS.length - 1; unit++) size /= 1000;
  return `${unit === 0 || size >= 100 ? size.toFixed(0) : size.toFixed(1)} ${UNITS[unit]}`;
}
