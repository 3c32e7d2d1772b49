import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Found } from './types.ts';

/** A detection as it is held: everything but its body, which may lie in a file. */
export interface Kept {
  readonly rule: number;
  readonly time: number;
  readonly source: number;
  readonly unit: number;
  readonly record: number;
  readonly host: string | null;
  readonly user: string | null;
  /** Where the body lies: index in memory, or offset in the file. */
  readonly at: number;
  /** Bytes in the file; -1: in memory. */
  readonly length: number;
}

/** Characters of bodies held in memory before they go to a file. */
const MEMORY = 128 * 1024 * 1024;
/** Characters written at once. */
const WRITE = 1024 * 1024;

/**
 * Holds detections until all are found. Their bodies, which hold whole events, move to a temporary file when
 * they would take too much memory; only their owner can read it, and it is gone when the scan is.
 */
export class DetectionStore {
  readonly kept: Kept[] = [];
  readonly #memory: string[] = [];
  readonly #texts = new Map<string, string>();
  readonly #limit: number;
  #held = 0;
  #folder: string | undefined;
  #file = -1;
  #size = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;

  constructor(limit = MEMORY) {
    this.#limit = limit;
  }

  add(found: Found): void {
    const { body, host, user, ...rest } = found;
    const place = this.#place(body);
    this.kept.push({ ...rest, host: this.#intern(host), user: this.#intern(user), ...place });
  }

  body(kept: Kept): string {
    if (kept.length < 0) return this.#memory[kept.at]!;
    this.#flush();
    const bytes = Buffer.alloc(kept.length);
    readSync(this.#file, bytes, 0, kept.length, kept.at);
    return bytes.toString('utf8');
  }

  /** Removes the file. */
  close(): void {
    if (this.#folder === undefined) return;
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #place(body: string): { at: number; length: number } {
    if (this.#held + body.length <= this.#limit) {
      this.#held += body.length;
      return { at: this.#memory.push(body) - 1, length: -1 };
    }
    if (this.#folder === undefined) {
      this.#folder = mkdtempSync(join(tmpdir(), 'vigie-scan-'));
      this.#file = openSync(join(this.#folder, 'detections'), 'wx+', 0o600);
      // Without a name it is gone with the process, however that ends; Windows keeps the name of an open file.
      if (process.platform !== 'win32') rmSync(this.#folder, { recursive: true, force: true });
    }
    const length = Buffer.byteLength(body);
    const at = this.#size;
    this.#size += length;
    this.#waiting.push(body);
    this.#waitingBytes += length;
    if (this.#waitingBytes >= WRITE) this.#flush();
    return { at, length };
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join(''), 'utf8');
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Hosts and users repeat: each is held once. */
  #intern(text: string | null): string | null {
    if (text === null) return null;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < 100_000) this.#texts.set(text, text);
    return text;
  }
}
