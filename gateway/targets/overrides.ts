/** What an operator said of a route by hand, until it is taken back. */
export interface Override {
  /** The target that comes first, whatever the policy says. */
  readonly force?: string | undefined;
  /** Targets that get no new requests. */
  readonly drain?: readonly string[] | undefined;
}
