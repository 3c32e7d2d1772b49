import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcedureFolder, readProcedureFolder } from '../procedures/index.ts';
import { type AttackNames, loadAttack } from './attack.ts';
import { procedureVocabulary } from './procedure-vocabulary.ts';
import { hashOf } from './shipped.ts';

interface ProceduresFile {
  /** SHA-256 of what the reading depends on. */
  readonly hash: string;
  readonly folder: ProcedureFolder;
}

/**
 * Reads the shipped procedures for {@link shippedProcedures}. Run by the build.
 *
 * @returns content of `dist/procedures.json`
 */
export function parseProcedures(installation: string): string {
  const folder = read(installation, loadAttack(join(installation, 'detections')));
  return JSON.stringify({ hash: hashNow(installation), folder } satisfies ProceduresFile);
}

/** The shipped procedures: as the build read them, unless a file of theirs has changed since. */
export function shippedProcedures(installation: string, attack: AttackNames): ProcedureFolder {
  const file = join(installation, 'dist', 'procedures.json');
  if (existsSync(file)) {
    const { hash, folder } = JSON.parse(readFileSync(file, 'utf8')) as ProceduresFile;
    if (hash === hashNow(installation)) return folder;
  }
  return read(installation, attack);
}

function read(installation: string, attack: AttackNames): ProcedureFolder {
  return readProcedureFolder(join(installation, 'sops'), procedureVocabulary(attack));
}

function hashNow(installation: string): string {
  return hashOf(join(installation, 'sops'), join(installation, 'detections', 'attack.json'));
}
