import type { Expression } from './expression.ts';
import { allWitnesses, type Frequency, type Witness } from './witness.ts';

/**
 * Estimates how often literals occur in events, from the rules themselves: a field of which rules name few
 * different values has few; what many rules ask for, by itself or within longer literals, is common; short
 * literals occur by chance.
 */
export function estimateFrequencies(expressions: readonly Expression[]): Frequency {
  const fields = new Map<string, FieldLiterals>();
  for (const expression of expressions) {
    for (const witness of allWitnesses(expression)) {
      let field = fields.get(witness.field.key);
      if (!field) {
        field = new FieldLiterals();
        fields.set(witness.field.key, field);
      }
      field.add(witness.literal);
    }
  }
  const known = new Map<string, number>();
  return (witness) => {
    const key = `${witness.field.key}\u0000${witness.whole}\u0000${witness.literal}`;
    let estimate = known.get(key);
    if (estimate === undefined) {
      estimate = fields.get(witness.field.key)!.estimate(witness);
      known.set(key, estimate);
    }
    return estimate;
  };
}

/** Characters of the pieces by which literals are compared. */
const PIECE = 4;

class FieldLiterals {
  private readonly uses = new Map<string, number>();
  /** Piece → literals of the field that hold it. */
  private pieces: Map<string, number> | undefined;

  add(literal: string): void {
    this.uses.set(literal, (this.uses.get(literal) ?? 0) + 1);
  }

  estimate(witness: Witness): number {
    const { literal } = witness;
    const own = this.uses.get(literal) ?? 1;
    const spread = own / this.uses.size;
    const chance = 2 ** -Math.min(literal.length, 12);
    if (witness.whole) return Math.max(chance, spread);
    return chance * (own + this.rarestPiece(literal)) + spread / 4;
  }

  /** How many literals hold the piece of this one that fewest hold: an upper bound on how many hold it all. */
  private rarestPiece(literal: string): number {
    this.pieces ??= this.countPieces();
    let rarest = this.uses.size;
    for (let i = 0; i + PIECE <= literal.length; i++) {
      rarest = Math.min(rarest, this.pieces.get(literal.slice(i, i + PIECE)) ?? 0);
    }
    return rarest;
  }

  private countPieces(): Map<string, number> {
    const pieces = new Map<string, number>();
    for (const literal of this.uses.keys()) {
      const own = new Set<string>();
      for (let i = 0; i + PIECE <= literal.length; i++) own.add(literal.slice(i, i + PIECE));
      for (const piece of own) pieces.set(piece, (pieces.get(piece) ?? 0) + 1);
    }
    return pieces;
  }
}
