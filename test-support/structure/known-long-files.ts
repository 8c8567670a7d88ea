/** Source files of more than 300 lines, or near it. The list only gets shorter: a file that is split by subject must go from it. */
export const KNOWN_LONG: readonly string[] = [
  "acceptance/small-apply.e2e.test.ts",
  "cli/statements/usage-corrections.test.ts",
  "engine/engine.test.ts",
  "gateway/http/upstream/send-upstream.test.ts",
  "gateway/limits/limit-store-conformance.test.ts",
  "gateway/pipeline/call/call-in-queue.test.ts",
  "lambdas/seal-audit/seal-chain.test.ts",
  "local/browser-session.test.ts",
  "local/control-usage.test.ts",
  "local/scim.test.ts",
  "local/services/api-gateway/rest-api-stage.test.ts",
];
