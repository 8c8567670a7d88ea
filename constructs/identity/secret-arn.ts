/** ARN of a secret of Secrets Manager that is named by its name, or by its ARN already. */
export function secretArn(secretId: string, region: string, accountId: string): string {
  // AWS appends six characters to the name.
  return secretId.startsWith("arn:")
    ? secretId
    : `arn:aws:secretsmanager:${region}:${accountId}:secret:${secretId}-??????`;
}
