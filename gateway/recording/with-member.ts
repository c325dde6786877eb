/** The JSON of an object with one member more, which is JSON already; as it is without one. */
export function withMember(objectJson: string, name: string, json: string | undefined): string {
  return json === undefined ? objectJson : `${objectJson.slice(0, -1)},${JSON.stringify(name)}:${json}}`;
}
