export type { EvtxProblem, EvtxProblemCode } from './problems.ts';
export { type EvtxOptions, isEvtx, readEvtx } from './reader.ts';
export type { EvtxRecord, SystemField } from './record.ts';
export type { EvtxJson, EvtxJsonObject } from './render.ts';
export type { EvtxValue } from './values.ts';
