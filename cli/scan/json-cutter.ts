import { TextDecoder } from 'node:util';
import { ENVELOPE, isUtf16 } from './content.ts';

/** Longest JSON document handed on; a longer one is left out and counted. */
const MAX_DOCUMENT = 16 * 1024 * 1024;

/**
 * Cuts JSON text into the objects that are logs, without holding more than one of them: the elements of an
 * array, those of an envelope's list (`{"Records": […]}`), or objects one after the other, however they are
 * laid out.
 */
export class JsonCutter {
  #decoder: TextDecoder | undefined;
  #rest = '';
  /** Where the next character to look at stands in `#rest`. */
  #at = 0;
  #depth = 0;
  #inText = false;
  #start = -1;
  /** Whether the first object has been told from an envelope. */
  #envelope: boolean | undefined;
  lost = 0;

  push(piece: Uint8Array, take: (text: string) => void): void {
    this.#decoder ??= new TextDecoder(
      isUtf16(piece) ? (piece[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8',
    );
    this.#rest += this.#decoder.decode(piece, { stream: true });
    if (this.#envelope === undefined) {
      const found = ENVELOPE.exec(this.#rest);
      // The bracket and everything before it is skipped: from here on it is a list like any other.
      if (found !== null) this.#at = found[0].length;
      this.#envelope = found !== null;
    }
    this.#scan(take);
  }

  end(_take: (text: string) => void): void {
    if (this.#start >= 0) this.lost += this.#rest.length - this.#start;
  }

  #scan(take: (text: string) => void): void {
    const text = this.#rest;
    let at = this.#at;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (this.#inText) {
        if (code === 92) {
          // The escaped character may come with the next piece.
          if (at + 1 >= text.length) break;
          at++;
        } else if (code === 34) this.#inText = false;
      } else if (code === 34) this.#inText = true;
      else if (code === 123) {
        if (this.#depth++ === 0) this.#start = at;
      } else if (code === 125 && this.#depth > 0 && --this.#depth === 0) {
        take(text.slice(this.#start, at + 1));
        this.#start = -1;
      }
      at++;
    }
    this.#keep(at);
  }

  /** Keeps what belongs to an object that has not ended. */
  #keep(at: number): void {
    const from = this.#start >= 0 ? this.#start : at;
    if (at - from > MAX_DOCUMENT) {
      this.lost += at - from;
      this.#rest = this.#rest.slice(at);
      this.#at = 0;
      this.#start = -1;
      this.#depth = 0;
      return;
    }
    this.#rest = this.#rest.slice(from);
    this.#at = at - from;
    if (this.#start >= 0) this.#start = 0;
  }
}
