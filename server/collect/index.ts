export { CollectError, type CollectErrorCode, isUnavailable } from './errors.ts';
export { ELASTIC_PREFIX, rewriteElasticUrl } from './http/elastic-root.ts';
export { INGEST_LIMITS, type IngestLimits } from './http/limits.ts';
export { type IngestOptions, ingestRoutes, ingestServerOptions } from './http/routes.ts';
export { peerAddress } from './listen/address.ts';
export * from './ports.ts';
export { DEFAULT_LINE_LIMIT, type DecodedText, decodeLimited, decodeText } from './raw-text.ts';
export { type ShipperSnippet, shipperSnippets } from './snippets.ts';
export {
  type ListenAddress,
  SYSLOG_LIMITS,
  type SyslogLimits,
  type SyslogOptions,
  type SyslogStats,
  type SyslogTlsOptions,
} from './syslog/options.ts';
export { type SyslogCollector, startSyslog } from './syslog/server.ts';
