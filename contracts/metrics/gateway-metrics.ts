/** Metric names of the gateway's `/metrics` (Prometheus). Labels are bounded: route, model, status, code; never a key. */
export const GATEWAY_METRICS = {
  requests: "sluice_requests_total",
  requestDuration: "sluice_request_duration_seconds",
  timeToFirstToken: "sluice_time_to_first_token_seconds",
  interTokenLatency: "sluice_inter_token_latency_seconds",
  promptTokens: "sluice_prompt_tokens_total",
  completionTokens: "sluice_completion_tokens_total",
  inFlight: "sluice_requests_in_flight",
  errors: "sluice_errors_total",
  faults: "sluice_faults_total",
  refusedCounts: "sluice_refused_counts_total",
  clientAborts: "sluice_client_aborts_total",
  queueRequests: "sluice_queue_requests",
  queueBytes: "sluice_queue_bytes",
  queueWait: "sluice_queue_wait_seconds",
  shed: "sluice_requests_shed_total",
  engineReady: "sluice_engines_ready",
  prefixIndexBlocks: "sluice_prefix_index_blocks",
  routedPromptTokens: "sluice_routed_prompt_tokens_total",
  charges: "sluice_charges_usd_total",
  targetCalls: "sluice_target_calls_total",
  targetFailovers: "sluice_target_failovers_total",
  targetSpend: "sluice_target_spend_usd_total",
  targetBreaker: "sluice_target_breaker_state",
  providerSpendMonth: "sluice_provider_spend_month_usd",
  usageWaiting: "sluice_usage_waiting_seconds",
  usageLost: "sluice_usage_events_lost_total",
  historyLost: "sluice_history_lost_total",
} as const;

/** Metrics of its cache, where it has one. */
export const CACHE_METRICS = {
  requests: "sluice_cache_requests_total",
  savedTokens: "sluice_cache_saved_tokens_total",
  bytes: "sluice_cache_bytes",
  entries: "sluice_cache_entries",
} as const;
