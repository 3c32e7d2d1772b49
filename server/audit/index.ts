export { actionOf } from './actions.ts';
export { type AnchorOptions, AnchorSender } from './anchors/send.ts';
export { AuditLog } from './audit-log.ts';
export { seal } from './chain.ts';
export { type ExportHead, exportLines, readExportLine } from './export-lines.ts';
export type * from './ports.ts';
export { changesOf } from './redact.ts';
export { ChainVerifier, readAnchors } from './verify.ts';
