/** Names that tools outside the stacks use. */

/** DynamoDB table of an environment's API keys. */
export function keysTableName(environment: string): string {
  return `sluice-${environment}-keys`;
}

/** DynamoDB table of changes of providers and routes at run time. */
export function routesTableName(environment: string): string {
  return `sluice-${environment}-routes`;
}

/** DynamoDB table of an environment's stored responses. */
export function responsesTableName(environment: string): string {
  return `sluice-${environment}-responses`;
}

/** DynamoDB table of an environment's files and batches. */
export function batchesTableName(environment: string): string {
  return `sluice-${environment}-batches`;
}

/** DynamoDB table of an environment's sums of usage and used quotas. */
export function usageTableName(environment: string): string {
  return `sluice-${environment}-usage`;
}

/** Athena's database of an environment's usage events. Athena's names have no hyphens. */
export function usageDatabaseName(environment: string): string {
  return `sluice_${environment.replaceAll("-", "_")}_usage`;
}

/** DynamoDB table of an environment's history of generations. */
export function historyTableName(environment: string): string {
  return `sluice-${environment}-history`;
}

/** DynamoDB table of the data keys that encrypt an environment's history, one for each subject. */
export function subjectKeysTableName(environment: string): string {
  return `sluice-${environment}-subject-keys`;
}

/** DynamoDB table of an environment's organisations, projects, users and admin keys. */
export function controlTableName(environment: string): string {
  return `sluice-${environment}-control`;
}

/** Address of an environment's dashboard. @param name of the dashboard and of the environment's resources */
export function dashboardUrl(region: string, name: string): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}

/** The topic to which the alarms of an environment send. */
export function alarmTopicName(environment: string): string {
  return `sluice-${environment}-alarms`;
}

/** Lambda function that seals the audit events of an environment's control API. */
export function auditSealerName(environment: string): string {
  return `sluice-${environment}-seal-audit`;
}

/** Secret of the key of a provider that was added at run time; gateways may read those of their environment. */
export function providerSecretId(environment: string, provider: string): string {
  return `sluice/${environment}/providers/${provider}`;
}

/** The machine images that an environment has. */
export const IMAGE_KINDS = ["gateway", "engine"] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

const BY_PARAMETER = "resolve:ssm:";

/** The setting of an image that EC2 looks up in the environment's parameter at each launch. */
export function imageByParameter(environment: string, kind: ImageKind): string {
  return `${BY_PARAMETER}${imageParameter(environment, kind)}`;
}

/** The parameter that an image setting names; `undefined` for an image id. */
export function parameterOfImage(image: string): string | undefined {
  return image.startsWith(BY_PARAMETER) ? image.slice(BY_PARAMETER.length) : undefined;
}

/** The SSM parameter with the id of an environment's image, e.g. `/sluice/images/dev/engine`. */
export function imageParameter(environment: string, kind: ImageKind): string {
  return `/sluice/images/${environment}/${kind}`;
}

/** Name of the sessions in which OpenTofu and the commands use an assumed role, as CloudTrail records it. */
export function assumedSessionName(environment: string): string {
  return `sluice-${environment}`;
}
