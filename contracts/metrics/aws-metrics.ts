import type { MetricEntry } from "./metric-entry.ts";

const LOAD_BALANCER = "AWS/ApplicationELB";
const REST_API = "AWS/ApiGateway";

const STAGE = ["ApiName", "Stage"] as const;
const TARGETS = ["LoadBalancer", "TargetGroup"] as const;

function firehoseDelay<T extends string>(destination: T) {
  return {
    namespace: "AWS/Firehose",
    name: `${destination}.DataFreshness`,
    unit: "Seconds",
    dimensions: [["DeliveryStreamName"]],
    about: "Age of the oldest record of a delivery stream that its destination has not taken.",
  } as const;
}

/** The metrics of AWS services that Sluice charts or watches. */
export const AWS_METRICS = {
  apiLatency: {
    namespace: REST_API,
    name: "Latency",
    unit: "Milliseconds",
    dimensions: [STAGE],
    about: "As API Gateway measures it.",
  },
  apiCount: {
    namespace: REST_API,
    name: "Count",
    unit: "Count",
    dimensions: [STAGE],
    about: "Requests at API Gateway.",
  },
  api4xx: {
    namespace: REST_API,
    name: "4XXError",
    unit: "Count",
    dimensions: [STAGE],
    about: "Responses with status 400 to 499 at API Gateway, including its own.",
  },
  api5xx: {
    namespace: REST_API,
    name: "5XXError",
    unit: "Count",
    dimensions: [STAGE],
    about: "Responses with status 500 to 599 at API Gateway, including its own.",
  },
  healthyHosts: {
    namespace: LOAD_BALANCER,
    name: "HealthyHostCount",
    unit: "Count",
    dimensions: [TARGETS],
    about: "Instances of a target group that pass the load balancer's health check.",
  },
  unhealthyHosts: {
    namespace: LOAD_BALANCER,
    name: "UnHealthyHostCount",
    unit: "Count",
    dimensions: [TARGETS],
    about: "Instances of a target group that fail the load balancer's health check.",
  },
  pendingInstances: {
    namespace: "AWS/AutoScaling",
    name: "GroupPendingInstances",
    unit: "None",
    dimensions: [["AutoScalingGroupName"]],
    about: "Instances of a group that start and are not yet in service; those in a launch hook are among them.",
  },
  functionErrors: {
    namespace: "AWS/Lambda",
    name: "Errors",
    unit: "Count",
    dimensions: [["FunctionName"]],
    about: "Calls of a function that ended with an error.",
  },
  siemDelayHttps: firehoseDelay("DeliveryToHttpEndpoint"),
  siemDelaySplunk: firehoseDelay("DeliveryToSplunk"),
  siemDelayBucket: firehoseDelay("DeliveryToS3"),
  certificateDays: {
    namespace: "AWS/CertificateManager",
    name: "DaysToExpiry",
    unit: "None",
    dimensions: [["CertificateArn"]],
    about: "Days for which a certificate is still valid.",
  },
} as const satisfies Record<string, MetricEntry>;
