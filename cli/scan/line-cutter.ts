import { TextDecoder } from 'node:util';
import { isUtf16 } from './content.ts';

/** Longest log handed on; what goes on without end is cut into pieces of this many characters. */
const MAX_LOG = 4 * 1024 * 1024;

/** Cuts UTF-8 or UTF-16 text into lines, whose ends are `\n` or `\r\n`. */
export class LineCutter {
  #decoder: TextDecoder | undefined;
  #rest = '';

  push(piece: Uint8Array, take: (line: string) => void): void {
    const text = this.#decode(piece);
    let start = 0;
    let end = text.indexOf('\n');
    if (end >= 0 && this.#rest !== '') {
      give(this.#rest + text.slice(0, end), take);
      this.#rest = '';
      start = end + 1;
      end = text.indexOf('\n', start);
    }
    for (; end >= 0; end = text.indexOf('\n', start)) {
      give(text.slice(start, end), take);
      start = end + 1;
    }
    this.#rest += start === 0 ? text : text.slice(start);
    if (this.#rest.length > MAX_LOG) {
      take(this.#rest);
      this.#rest = '';
    }
  }

  end(take: (line: string) => void): void {
    const last = this.#rest + (this.#decoder?.decode() ?? '');
    this.#rest = '';
    if (last !== '') give(last, take);
  }

  #decode(piece: Uint8Array): string {
    this.#decoder ??= new TextDecoder(
      isUtf16(piece) ? (piece[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8',
    );
    return this.#decoder.decode(piece, { stream: true });
  }
}

function give(line: string, take: (line: string) => void): void {
  take(line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line);
}

/** Cuts a document of exported events into its `<Event>…</Event>` elements. */
export class TagCutter {
  #decoder: TextDecoder | undefined;
  #rest = '';
  lost = 0;

  push(piece: Uint8Array, take: (text: string) => void): void {
    this.#decoder ??= new TextDecoder(
      isUtf16(piece) ? (piece[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8',
    );
    const before = Math.max(0, this.#rest.length - 8);
    this.#rest += this.#decoder.decode(piece, { stream: true });
    let done = 0;
    for (
      let end = this.#rest.indexOf('</Event>', before);
      end >= 0;
      end = this.#rest.indexOf('</Event>', done)
    ) {
      const text = this.#rest.slice(done, end + 8);
      const start = text.search(/<Event[\s>]/);
      if (start >= 0) take(text.slice(start));
      done = end + 8;
    }
    if (done > 0) this.#rest = this.#rest.slice(done);
    if (this.#rest.length > MAX_LOG) {
      this.lost += this.#rest.length;
      this.#rest = '';
    }
  }

  end(_take: (text: string) => void): void {
    if (/<Event[\s>]/.test(this.#rest)) this.lost += this.#rest.length;
    this.#rest = '';
  }
}
