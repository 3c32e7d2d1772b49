export { CollectError, type CollectErrorCode, isUnavailable } from './errors.ts';
export type { GelfOptions } from './gelf/options.ts';
export { type GelfCollector, startGelf } from './gelf/server.ts';
export { ELASTIC_PREFIX, rewriteElasticUrl } from './http/elastic-root.ts';
export { INGEST_LIMITS, type IngestLimits } from './http/limits.ts';
export { type IngestOptions, ingestRoutes, ingestServerOptions } from './http/routes.ts';
export { type KafkaCollector, type KafkaPorts, startKafka } from './kafka/consumer.ts';
export type { KafkaOptions, KafkaState } from './kafka/options.ts';
export { peerAddress } from './listen/address.ts';
export type { ListenerStats, TlsMaterial } from './listen/options.ts';
export { type Listening, listeningFor, type WefListening } from './listening.ts';
export type { LumberjackOptions } from './lumberjack/options.ts';
export { type LumberjackCollector, startLumberjack } from './lumberjack/server.ts';
export { type NetflowCollector, type NetflowOptions, startNetflow } from './netflow/server.ts';
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
export type { WefLimits, WefOptions } from './wef/options.ts';
export { startWef, type WefCollector } from './wef/server.ts';
export { DEFAULT_SUBSCRIPTION, queryList, queryProblem, subscriptionVersion } from './wef/subscription.ts';
