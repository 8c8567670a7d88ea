/** A resource as a plan shows it: what rules look at. */
export interface PolicyResource {
  /** `aws_s3_bucket` */
  readonly type: string;
  /** How others in its stack refer to it: `aws_s3_bucket.Artefacts_Bucket_AF9EFC13`. */
  readonly address: string;
  /** Attributes in snake case; references are texts such as `${aws_kms_key.Key.arn}`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why a statement of its policy needs a wildcard, by `Sid`. */
  readonly wildcardReasons: Readonly<Record<string, string>>;
}

/** One thing that every resource must hold to. */
export interface PolicyRule {
  /** What a waiver calls it, in kebab case. */
  readonly name: string;
  /**
   * What is wrong with the resource and how to put it right, or nothing. `stack` has all resources of its stack, for
   * settings that are resources of their own.
   */
  readonly check: (resource: PolicyResource, stack: readonly PolicyResource[]) => string | undefined;
}
