import type { AwsResourceType, AwsService } from "./rows/aws-resource-type.ts";
import { ACM } from "./services/acm.ts";
import { ATHENA } from "./services/analytics/athena.ts";
import { FIREHOSE } from "./services/analytics/firehose.ts";
import { GLUE } from "./services/analytics/glue.ts";
import { API_GATEWAY } from "./services/api-gateway.ts";
import { BUDGETS } from "./services/budgets.ts";
import { CLOUDFRONT } from "./services/cloudfront.ts";
import { CLOUDWATCH } from "./services/cloudwatch.ts";
import { DYNAMODB } from "./services/dynamodb.ts";
import { EC2 } from "./services/ec2.ts";
import { EC2_AUTOSCALING } from "./services/ec2-autoscaling.ts";
import { ELASTICACHE } from "./services/elasticache.ts";
import { ELB } from "./services/elb.ts";
import { EVENTS } from "./services/events.ts";
import { IAM } from "./services/iam.ts";
import { KMS } from "./services/kms.ts";
import { LAMBDA } from "./services/lambda.ts";
import { ROUTE53 } from "./services/route53.ts";
import { S3 } from "./services/s3.ts";
import { COGNITO } from "./services/sign-in/cognito.ts";
import { SNS } from "./services/sns.ts";
import { SSM } from "./services/ssm.ts";
import { WAF } from "./services/waf.ts";

/** Every AWS service of which the stacks have resources. */
export const AWS_SERVICES: readonly AwsService[] = [
  ACM,
  API_GATEWAY,
  ATHENA,
  BUDGETS,
  CLOUDFRONT,
  CLOUDWATCH,
  COGNITO,
  DYNAMODB,
  EC2,
  EC2_AUTOSCALING,
  ELASTICACHE,
  ELB,
  EVENTS,
  FIREHOSE,
  GLUE,
  IAM,
  KMS,
  LAMBDA,
  ROUTE53,
  S3,
  SNS,
  SSM,
  WAF,
];

const TYPES = {
  ...ACM.types,
  ...API_GATEWAY.types,
  ...ATHENA.types,
  ...BUDGETS.types,
  ...CLOUDFRONT.types,
  ...CLOUDWATCH.types,
  ...COGNITO.types,
  ...DYNAMODB.types,
  ...EC2.types,
  ...EC2_AUTOSCALING.types,
  ...ELASTICACHE.types,
  ...ELB.types,
  ...EVENTS.types,
  ...FIREHOSE.types,
  ...GLUE.types,
  ...IAM.types,
  ...KMS.types,
  ...LAMBDA.types,
  ...ROUTE53.types,
  ...S3.types,
  ...SNS.types,
  ...SSM.types,
  ...WAF.types,
};

/** Every resource type of the stacks. */
export const AWS_RESOURCE_TYPES: Readonly<Record<string, AwsResourceType>> = TYPES;

/** Names of the types that the twin runs. */
export type ModelledType = {
  [Type in keyof typeof TYPES]: (typeof TYPES)[Type]["twin"] extends "plugin" ? Type : never;
}[keyof typeof TYPES];
