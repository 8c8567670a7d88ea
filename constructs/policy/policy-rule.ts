/** A resource as a plan shows it: the input of rules. */
export interface PolicyResource {
  /** `aws_s3_bucket` */
  readonly type: string;
  /** Address by which other resources of its stack refer to it: `aws_s3_bucket.Artefacts_Bucket_AF9EFC13`. */
  readonly address: string;
  /** Attributes in snake case; references are texts such as `${aws_kms_key.Key.arn}`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why a statement of its policy needs a wildcard, by `Sid`. */
  readonly wildcardReasons: Readonly<Record<string, string>>;
}

/** One rule that every resource must satisfy. */
export interface PolicyRule {
  /** Name in waivers, in kebab case. */
  readonly name: string;
  /**
   * The problem of the resource and its remedy, or nothing. `stack` has all resources of its stack, for
   * settings that are resources of their own.
   */
  readonly check: (resource: PolicyResource, stack: readonly PolicyResource[]) => string | undefined;
}
