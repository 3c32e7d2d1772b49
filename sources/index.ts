export {
  createReader,
  type Readable,
  type Reader,
  type ReaderOptions,
  type ReadHint,
  type ReadOutcome,
  type ReadResult,
  TAG_PARSE_FAILURE,
  TAG_TIME,
} from './kit/reader.ts';
export { manifestSchema, type RegisteredSource, type SourceManifest } from './kit/registry.ts';
export type { ParseInput, ParseOutcome, Signature, SourceDefinition, SyslogHeader } from './kit/source.ts';
export { isTimeZone } from './kit/time-zone.ts';
export { REGISTRY } from './registry.generated.ts';
