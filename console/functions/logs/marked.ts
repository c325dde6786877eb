/** A part of a text. */
export interface MarkedPiece {
  /** Where it begins. */
  readonly at: number;
  readonly piece: string;
  readonly isFound: boolean;
}

/** A text in parts: where one of the words is, and what is between. */
export function markedPieces(text: string, find: string): readonly MarkedPiece[] {
  const words = find.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [{ at: 0, piece: text, isFound: false }];
  const pattern = new RegExp(words.map((word) => RegExp.escape(word)).join("|"), "gi");
  const pieces: MarkedPiece[] = [];
  let end = 0;
  for (const { 0: piece, index: at } of text.matchAll(pattern)) {
    if (at > end) pieces.push({ at: end, piece: text.slice(end, at), isFound: false });
    pieces.push({ at, piece, isFound: true });
    end = at + piece.length;
  }
  if (end < text.length) pieces.push({ at: end, piece: text.slice(end), isFound: false });
  return pieces;
}
