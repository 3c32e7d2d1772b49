export { createReader, type ReadResult, type Reader, type ReaderOptions } from './kit/reader.ts';
export { manifestSchema, type RegisteredSource, type SourceManifest } from './kit/registry.ts';
export type { ParseInput, ParseOutcome, Signature, SourceDefinition, SyslogHeader } from './kit/source.ts';
export { REGISTRY } from './registry.generated.ts';
