/** Connections within a region take a few milliseconds; a function that has just started is slower. */
const CONNECT_MS = 1000;
/** One try more after a failure or a response that does not come. */
const ATTEMPTS = 2;

export interface AwsLimits {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    /** Without it the SDK writes a warning and goes on waiting. */
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * Settings of an AWS client in a function. Without a time limit, a connection on which nothing arrives is waited for
 * until Lambda ends the function.
 * @param requestMs longest wait for one response, in milliseconds; twice that is below the function's own limit
 */
export function awsLimits(requestMs: number): AwsLimits {
  return {
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: requestMs, throwOnRequestTimeout: true },
  };
}
