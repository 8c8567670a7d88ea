/** Connections within a region take a few milliseconds; a function that has just started is slower. */
const CONNECT_MS = 1000;
/** One more attempt after a failure or a timeout. */
const ATTEMPTS = 2;

export interface AwsLimits {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    /** Without it the SDK writes a warning and continues to wait. */
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * Settings of an AWS client in a function. Without a time limit, the SDK waits for a silent connection until Lambda
 * ends the function.
 * @param requestMs longest wait for one response, in milliseconds; twice that is below the function's own limit
 */
export function awsLimits(requestMs: number): AwsLimits {
  return {
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: requestMs, throwOnRequestTimeout: true },
  };
}
