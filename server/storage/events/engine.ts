/** How the engine is set up: small when idle, two merges at most, caches that fit a machine shared with others. */

const MEGABYTE = 1024 * 1024;
/** Default of `EventStoreOptions.memoryLimit`. */
export const MEMORY_LIMIT = 400 * MEGABYTE;

const SERVER_SETTINGS: Readonly<Record<string, number>> = {
  mark_cache_size: 16 * MEGABYTE,
  index_mark_cache_size: 8 * MEGABYTE,
  primary_index_cache_size: 32 * MEGABYTE,
  text_index_tokens_cache_size: 16 * MEGABYTE,
  text_index_header_cache_size: 16 * MEGABYTE,
  text_index_postings_cache_size: 16 * MEGABYTE,
  query_condition_cache_size: 8 * MEGABYTE,
  compiled_expression_cache_size: 8 * MEGABYTE,
  max_thread_pool_size: 200,
  max_thread_pool_free_size: 8,
  asynchronous_metrics_update_period_s: 3600,
  asynchronous_heavy_metrics_update_period_s: 86_400,
  dns_cache_update_period: 3600,
  background_schedule_pool_size: 2,
  concurrent_threads_soft_limit_num: 4,
};

/** Command-line arguments of the engine. */
export function engineArguments(memoryLimit = MEMORY_LIMIT): string[] {
  const settings = { ...SERVER_SETTINGS, max_server_memory_usage: memoryLimit };
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}

/** Longest statement of a person, seconds; also what {@link READ_SETUP} tells the engine. */
export const READ_SECONDS = 15;

/**
 * Run by each connection that serves people's queries, before any of them: limits first, then the lock, which
 * also forbids the functions that read files or other servers.
 */
export const READ_SETUP: readonly string[] = [
  `SET max_execution_time = ${READ_SECONDS}`,
  `SET max_memory_usage = ${200 * MEGABYTE}`,
  'SET max_threads = 2',
  `SET max_result_bytes = ${256 * MEGABYTE}`,
  // An aggregation or sort that grows beyond this continues on disk.
  `SET max_bytes_before_external_sort = ${80 * MEGABYTE}`,
  `SET max_bytes_before_external_group_by = ${80 * MEGABYTE}`,
  'SET use_query_condition_cache = 0',
  'SET readonly = 1',
];
