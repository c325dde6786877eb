/** A batch in two, to find out which of its records nobody takes. */
export function halves<Record>({ begun, ended }: Batch<Record>): Batch<Record>[] {
  if (begun.length > 0 && ended.length > 0)
    return [
      { begun, ended: [] },
      { begun: [], ended },
    ];
  const middle = Math.ceil(Math.max(begun.length, ended.length) / 2);
  return [
    { begun: begun.slice(0, middle), ended: ended.slice(0, middle) },
    { begun: begun.slice(middle), ended: ended.slice(middle) },
  ];
}

interface Batch<Record> {
  readonly begun: readonly Record[];
  readonly ended: readonly Record[];
}
