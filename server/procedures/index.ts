export { FIT_NEEDED, type FitTerm, fitOf, type ProcedureFit } from './choose.ts';
export { type ProcedureFolder, readProcedureFolder } from './folder.ts';
export { fillMessage, fillQuery, leftIn } from './placeholders.ts';
export type * from './ports.ts';
export { dueAt, type Progress, progressOf } from './progress.ts';
export { MAX_PROCEDURE_TEXT, readProcedure } from './read.ts';
