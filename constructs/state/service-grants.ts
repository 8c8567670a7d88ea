import { usageDatabaseName } from "../../contracts/processes/names.ts";
import { becomesOurs, type DeployPermissionsProps, type Grant, isOurs, regionalArn } from "./grant.ts";

/** Permissions to deploy the resources of services, but for network, keys, names and roles: see `deploy-permissions.ts`. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of policy statements
export function serviceGrants({ name, region, environment }: DeployPermissionsProps): readonly Grant[] {
  const here = (service: string, resource: string) => regionalArn(service, region, resource);
  return [
    {
      sid: "LoadBalancing",
      purpose: "OpenTofu makes, reads, changes and deletes load balancers, listeners and their rules.",
      actions: ["elasticloadbalancing:*"],
      resources: [
        here("elasticloadbalancing", `loadbalancer/app/${name}*`),
        here("elasticloadbalancing", `listener/app/${name}*`),
        here("elasticloadbalancing", `listener-rule/app/${name}*`),
      ],
      why: "All calls are settings, and the resources are ours by name.",
    },
    {
      sid: "TargetGroups",
      purpose: "OpenTofu makes, reads, changes and deletes the target groups of gateways and engines.",
      actions: ["elasticloadbalancing:*"],
      resources: [here("elasticloadbalancing", "targetgroup/tf-*")],
      condition: isOurs(environment),
      why: "All calls are settings. The provider names target groups; the tag limits the statement to this environment.",
    },
    {
      sid: "Scaling",
      actions: ["autoscaling:*"],
      resources: [here("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${name}-*`)],
      why: "All calls are settings, and the groups are ours by name; their ids are AWS's.",
    },
    {
      sid: "Api",
      actions: ["DELETE", "GET", "PATCH", "POST", "PUT"].map((method) => `apigateway:${method}`),
      resources: ["apikeys*", "domainnames*", "restapis*", "tags/*", "usageplans*", "vpclinks*"].map(
        (path) => `arn:aws:apigateway:${region}::/${path}`,
      ),
      why: "AWS chooses the ids in these paths.",
    },
    {
      sid: "Firewall",
      actions: ["apigateway:SetWebACL", "wafv2:*"],
      resources: [
        here("wafv2", `regional/webacl/${name}*`),
        here("wafv2", `regional/ipset/${name}-*`),
        `arn:aws:apigateway:${region}::/restapis/*/stages/*`,
        here("elasticloadbalancing", `loadbalancer/app/${name}*`),
      ],
      why: "All calls are settings; a stage's id is AWS's.",
    },
    {
      sid: "Site",
      actions: ["OriginAccessControl", "ResponseHeadersPolicy"].flatMap((noun) =>
        ["Create", "Delete", "Update"].map((verb) => `cloudfront:${verb}${noun}`),
      ),
      resources: ["*"],
      why: "AWS chooses these ids, and these parts of a distribution carry neither a name in their ARN nor tags.",
    },
    {
      sid: "NewSite",
      actions: ["cloudfront:CreateDistribution", "cloudfront:TagResource"],
      resources: ["*"],
      condition: becomesOurs(environment),
      why: "A new distribution has no id yet; the tag that it must have limits the later actions.",
    },
    {
      sid: "Buckets",
      actions: ["s3:CreateBucket", "s3:DeleteBucket*", "s3:Get*", "s3:List*", "s3:Put*", "s3:DeleteObject*"],
      resources: [`arn:aws:s3:::${name}-*`],
      why: "The provider reads every setting of a bucket, and more of them with each version.",
    },
    {
      sid: "Tables",
      actions: [
        ...["CreateTable", "DeleteTable", "Describe*", "ListTagsOfResource", "TagResource", "UntagResource"],
        ...["UpdateContinuousBackups", "UpdateTable", "UpdateTimeToLive"],
      ].map((action) => `dynamodb:${action}`),
      resources: [here("dynamodb", `table/${name}-*`)],
      why: "Describe calls show settings, never items.",
    },
    {
      sid: "SharedStore",
      actions: ["elasticache:*"],
      resources: [
        here("elasticache", `replicationgroup:${name}*`),
        here("elasticache", `cluster:${name}*`),
        here("elasticache", `subnetgroup:${name}*`),
        here("elasticache", "parametergroup:default.*"),
      ],
      why: "All calls are settings, and the resources are ours by name; stored data is read over another protocol.",
    },
    {
      sid: "Functions",
      actions: ["lambda:*"],
      resources: [here("lambda", `function:${name}-*`)],
      why: "The functions are ours by name, and their code is what is deployed.",
    },
    {
      sid: "Observe",
      actions: [
        ...["cloudwatch:Delete*", "cloudwatch:Get*", "cloudwatch:ListTagsForResource", "cloudwatch:Put*"],
        ...["cloudwatch:TagResource", "cloudwatch:UntagResource", "events:*", "sns:*"],
      ],
      resources: [
        here("cloudwatch", `alarm:${name}*`),
        `arn:aws:cloudwatch::*:dashboard/${name}*`,
        here("events", `rule/${name}*`),
        here("sns", `${name}*`),
      ],
      why: "The resources are ours by name; a dashboard has no region.",
    },
    {
      sid: "Budgets",
      actions: ["ListTagsForResource", "ModifyBudget", "TagResource", "UntagResource", "ViewBudget"].map(
        (action) => `budgets:${action}`,
      ),
      resources: [`arn:aws:budgets::*:budget/${name}*`],
    },
    {
      sid: "Sessions",
      actions: [
        ...["AddTagsToResource", "CreateDocument", "DeleteDocument", "DescribeDocument", "DescribeDocumentPermission"],
        ...["GetDocument", "ListTagsForResource", "UpdateDocument", "UpdateDocumentDefaultVersion"],
      ].map((action) => `ssm:${action}`),
      resources: [here("ssm", `document/${name}-*`)],
    },
    {
      sid: "UsageDatabase",
      actions: [
        ...["CreateDatabase", "CreateTable", "DeleteDatabase", "DeleteTable", "GetDatabase", "GetPartitionIndexes"],
        ...["GetTable", "GetTags", "TagResource", "UntagResource", "UpdateDatabase", "UpdateTable"],
      ].map((action) => `glue:${action}`),
      resources: [
        here("glue", "catalog"),
        ...["database", "table", "userDefinedFunction"].map((kind) =>
          here("glue", `${kind}/${usageDatabaseName(environment)}${kind === "database" ? "" : "/*"}`),
        ),
      ],
    },
    {
      sid: "AuditStream",
      actions: ["firehose:*DeliveryStream*", "firehose:UpdateDestination"],
      resources: [here("firehose", `deliverystream/${name}-*`)],
      why: "All of these calls are settings; those that give records to a stream have other names.",
    },
    {
      sid: "UsageQueries",
      actions: [
        ...["CreateNamedQuery", "CreateWorkGroup", "DeleteNamedQuery", "DeleteWorkGroup", "GetNamedQuery"],
        ...["GetWorkGroup", "ListTagsForResource", "TagResource", "UntagResource", "UpdateWorkGroup"],
      ].map((action) => `athena:${action}`),
      resources: [here("athena", `workgroup/${name}-usage`)],
    },
    {
      sid: "Logs",
      actions: [
        ...["CreateLogGroup", "DeleteLogGroup", "ListTagsForResource", "PutRetentionPolicy"],
        ...["AssociateKmsKey", "DisassociateKmsKey", "TagResource", "UntagResource"],
      ].map((action) => `logs:${action}`),
      resources: ["/sluice/", "/aws/*/", "aws-waf-logs-"].map((start) => here("logs", `log-group:${start}${name}*`)),
      why: "Services write under /aws/<service>/, WAF under aws-waf-logs-.",
    },
  ];
}
