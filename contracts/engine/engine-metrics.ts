/** Metric names of an engine: those of the vLLM that `vllm-options.json` names, so that dashboards and routing are the same everywhere. */
export const ENGINE_METRICS = {
  requestsRunning: "vllm:num_requests_running",
  requestsWaiting: "vllm:num_requests_waiting",
  kvCacheUsage: "vllm:kv_cache_usage_perc",
  /** Its name in versions before the change of vllm-project/vllm#18354. */
  kvCacheUsageBefore: "vllm:gpu_cache_usage_perc",
  /** Labels `block_size` (tokens) and `num_gpu_blocks` have the size of the cache. */
  cacheConfigInfo: "vllm:cache_config_info",
  /** Seconds since 1970; every Prometheus client library on Linux has it. */
  processStart: "process_start_time_seconds",
  promptTokens: "vllm:prompt_tokens_total",
  generationTokens: "vllm:generation_tokens_total",
  requestSuccess: "vllm:request_success_total",
  prefixCacheQueries: "vllm:prefix_cache_queries_total",
  prefixCacheHits: "vllm:prefix_cache_hits_total",
  timeToFirstToken: "vllm:time_to_first_token_seconds",
  interTokenLatency: "vllm:inter_token_latency_seconds",
  endToEndLatency: "vllm:e2e_request_latency_seconds",
  queueTime: "vllm:request_queue_time_seconds",
} as const;
