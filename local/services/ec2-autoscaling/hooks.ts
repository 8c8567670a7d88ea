/** Delays the service of a new instance until it is ready; one that is not in time is ended and replaced. */
export interface LaunchHook {
  readonly name: string;
  readonly heartbeatSeconds: number;
}

/** Delays the end of an instance until the hook is completed, or its time is over. */
export interface TerminateHook {
  readonly name: string;
  readonly heartbeatSeconds: number;
  readonly metadata: string;
}

/** Sent to what completes terminate hooks. */
export interface TerminateNotice {
  readonly instanceId: string;
  readonly groupName: string;
  readonly hookName: string;
  readonly token: string;
  readonly metadata: string;
}
