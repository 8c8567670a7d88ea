import { ACMClient, DescribeCertificateCommand, ResourceNotFoundException } from "@aws-sdk/client-acm";
import {
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException as TableNotFound,
} from "@aws-sdk/client-dynamodb";
import { DescribeImagesCommand, EC2Client, EC2ServiceException } from "@aws-sdk/client-ec2";
import { GetHostedZoneCommand, NoSuchHostedZone, Route53Client } from "@aws-sdk/client-route-53";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import * as z from "zod";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { succeeds } from "../operator/aws-failure.ts";
import { type BucketState, S3StateBuckets } from "../state/state-bucket.ts";
import { type AccountFacts, accountFacts } from "./account-facts.ts";
import { type NetworkFacts, networkFacts } from "./network-facts.ts";
import { type RegionFacts, regionFacts } from "./region-facts.ts";
import { type WeightsFacts, weightsFacts } from "./weights-facts.ts";

/** The calls of doctor to AWS. Each ends when its signal aborts. */
export interface AwsFacts extends AccountFacts, RegionFacts, NetworkFacts, WeightsFacts {
  /** The operator's identity, and the time of AWS's response. */
  caller(
    signal: AbortSignal,
  ): Promise<{ readonly account: string; readonly arn: string; readonly date: Date | undefined }>;
  /**
   * Value of a quota, in its unit.
   * @param service its code in Service Quotas, e.g. `ec2`
   */
  quota(service: string, code: string, signal: AbortSignal): Promise<number>;
  hasParameter(name: string, signal: AbortSignal): Promise<boolean>;
  hasImage(id: string, signal: AbortSignal): Promise<boolean>;
  bucket(name: string, signal: AbortSignal): Promise<BucketState>;
  hasTable(name: string, signal: AbortSignal): Promise<boolean>;
  /** `undefined` when there is no such certificate. */
  certificate(
    arn: string,
    signal: AbortSignal,
  ): Promise<{ readonly status: string; readonly notAfter: Date | undefined } | undefined>;
  /** Name of a Route 53 zone, without the last dot; `undefined` when there is no such zone. */
  zone(id: string, signal: AbortSignal): Promise<string | undefined>;
}

const WithDate = z.object({ headers: z.object({ date: z.string() }) });

/** The calls to one region of an account. */
export function awsFacts(access: AwsAccess): AwsFacts {
  const settings = { ...clientSettings(access), maxAttempts: 2 }; // more attempts would exceed a check's time limit
  return {
    ...accountFacts(access),
    ...regionFacts(access),
    ...networkFacts(access),
    ...weightsFacts(access),
    async caller(abortSignal) {
      const client = new STSClient(settings);
      let date: Date | undefined;
      client.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          const response = WithDate.safeParse(result.response);
          if (response.success) date = new Date(response.data.headers.date);
          return result;
        },
        { step: "deserialize" },
      );
      const { Account = "", Arn = "" } = await client.send(new GetCallerIdentityCommand({}), { abortSignal });
      return { account: Account, arn: Arn, date };
    },
    async quota(ServiceCode, QuotaCode, abortSignal) {
      const client = new ServiceQuotasClient(settings);
      const quota = { ServiceCode, QuotaCode };
      try {
        const { Quota } = await client.send(new GetServiceQuotaCommand(quota), { abortSignal });
        return Quota?.Value ?? 0;
      } catch (error) {
        // An account that never changed a quota may have only AWS's default.
        if (!(error instanceof NoSuchResourceException)) throw error;
        const { Quota } = await client.send(new GetAWSDefaultServiceQuotaCommand(quota), { abortSignal });
        return Quota?.Value ?? 0;
      }
    },
    hasParameter: (Name, abortSignal) =>
      succeeds(new SSMClient(settings).send(new GetParameterCommand({ Name }), { abortSignal }), ParameterNotFound),
    async hasImage(id, abortSignal) {
      try {
        const request = new DescribeImagesCommand({ ImageIds: [id] });
        const { Images = [] } = await new EC2Client(settings).send(request, { abortSignal });
        return Images.length > 0;
      } catch (error) {
        if (error instanceof EC2ServiceException && error.name.startsWith("InvalidAMIID")) return false;
        throw error;
      }
    },
    bucket: (name) => new S3StateBuckets(access).bucket(name),
    hasTable: (TableName, abortSignal) =>
      succeeds(
        new DynamoDBClient(settings).send(new DescribeTableCommand({ TableName }), { abortSignal }),
        TableNotFound,
      ),
    async certificate(CertificateArn, abortSignal) {
      try {
        const request = new DescribeCertificateCommand({ CertificateArn });
        const { Certificate } = await new ACMClient(settings).send(request, { abortSignal });
        return { status: Certificate?.Status ?? "unknown", notAfter: Certificate?.NotAfter };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    async zone(Id, abortSignal) {
      try {
        const { HostedZone } = await new Route53Client(settings).send(new GetHostedZoneCommand({ Id }), {
          abortSignal,
        });
        return HostedZone?.Name?.replace(/\.$/, "");
      } catch (error) {
        if (error instanceof NoSuchHostedZone) return undefined;
        throw error;
      }
    },
  };
}
