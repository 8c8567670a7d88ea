import type { TwinSettings } from "./runtime/settings.ts";
import { ApiGatewayRuntime, type WithApiGateway } from "./services/api-gateway/runtime.ts";
import { CloudFrontRuntime, type WithCloudFront } from "./services/cloudfront/runtime.ts";
import { CloudWatchRuntime, type WithCloudWatch } from "./services/cloudwatch/runtime.ts";
import { DynamoDbRuntime, type WithDynamoDb } from "./services/dynamodb/runtime.ts";
import { AutoScalingRuntime, type WithAutoScaling } from "./services/ec2-autoscaling/runtime.ts";
import { ElastiCacheRuntime, type WithElastiCache } from "./services/elasticache/runtime.ts";
import { ElbRuntime, type WithElb } from "./services/elb/runtime.ts";
import { EventBus } from "./services/events/event-bus.ts";
import type { WithEvents } from "./services/events/runtime.ts";
import { FirehoseRuntime, type WithFirehose } from "./services/firehose/runtime.ts";
import { KmsRuntime, type WithKms } from "./services/kms/runtime.ts";
import { LambdaRuntime, type WithLambda } from "./services/lambda/runtime.ts";
import { S3Runtime, type WithS3 } from "./services/s3/runtime.ts";
import { SecretsManagerRuntime, type WithSecretsManager } from "./services/secrets-manager/runtime.ts";
import { SnsRuntime, type WithSns } from "./services/sns/runtime.ts";
import { WafRuntime, type WithWaf } from "./services/waf/runtime.ts";

/** What the twin has of each AWS service. A plugin names the ones that it uses, and gets them typed. */
export interface TwinServices
  extends WithApiGateway,
    WithAutoScaling,
    WithCloudFront,
    WithCloudWatch,
    WithDynamoDb,
    WithElastiCache,
    WithElb,
    WithEvents,
    WithFirehose,
    WithKms,
    WithLambda,
    WithS3,
    WithSecretsManager,
    WithSns,
    WithWaf {}

/** All running resources. Plugins fill it in the order of the plugin table; a new one is empty. */
export class TwinRuntime implements TwinServices {
  readonly settings: TwinSettings;
  readonly apiGateway = new ApiGatewayRuntime();
  readonly autoScaling: AutoScalingRuntime;
  readonly cloudfront = new CloudFrontRuntime();
  readonly cloudwatch: CloudWatchRuntime;
  readonly dynamodb: DynamoDbRuntime;
  readonly elasticache = new ElastiCacheRuntime();
  readonly elb = new ElbRuntime();
  readonly events: EventBus;
  readonly firehose = new FirehoseRuntime();
  readonly kms: KmsRuntime;
  readonly lambda = new LambdaRuntime();
  readonly s3: S3Runtime;
  readonly secretsManager: SecretsManagerRuntime;
  readonly sns: SnsRuntime;
  readonly waf = new WafRuntime();

  constructor(settings: TwinSettings) {
    this.settings = settings;
    this.cloudwatch = new CloudWatchRuntime(settings.report);
    this.autoScaling = new AutoScalingRuntime(settings, this.cloudwatch);
    this.dynamodb = new DynamoDbRuntime(settings.tablesFolder);
    this.events = new EventBus(settings.report);
    this.sns = new SnsRuntime(settings.report);
    this.s3 = new S3Runtime(settings.workFolder, settings.report);
    const stored = (suffix: string) =>
      settings.tablesFolder === undefined ? undefined : `${settings.tablesFolder}${suffix}`;
    this.secretsManager = new SecretsManagerRuntime(stored("-secrets.json"));
    this.kms = new KmsRuntime(stored("-signing-key.pem"));
  }

  /**
   * Ends all resources: those that take requests before those that serve them.
   * @param closeServers closes the twin's own addresses: after the last process that calls them, before the tables
   */
  async stop(closeServers: () => Promise<void> = async () => {}): Promise<void> {
    this.autoScaling.stopScaling();
    this.events.stopSchedules();
    this.elb.stopHealthChecks();
    this.apiGateway.close();
    await this.autoScaling.stopInstances();
    await this.elb.closeListeners();
    this.events.stop();
    this.s3.notifications.stop();
    await this.lambda.stop();
    await this.firehose.stop();
    await closeServers();
    await this.elasticache.stop();
    await this.dynamodb.close();
  }
}
