import type { AwsService } from "../rows/aws-resource-type.ts";
import {
  CONNECTS_TWO,
  FREE,
  NO_APPLIED_ENVIRONMENT,
  NO_PERMISSIONS,
  OPERATOR_APPLIES,
  PART_OF_LISTED,
  SETTINGS_ONLY,
} from "../rows/exemption-reasons.ts";

const API = "2010-05-08";

export const IAM = {
  sources: {
    actions: [
      "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
    ],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/iam/pricing/",
  },
  types: {
    aws_iam_instance_profile: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: { exempt: CONNECTS_TWO },
      leftovers: {
        noun: "instance profile",
        service: "iam",
        action: "ListInstanceProfiles",
        version: API,
        element: "InstanceProfileName",
      },
      cost: { exempt: FREE },
      deploy: ["iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:AddRoleToInstanceProfile"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_iam_openid_connect_provider: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: { exempt: NO_APPLIED_ENVIRONMENT },
      leftovers: { exempt: NO_APPLIED_ENVIRONMENT },
      cost: { exempt: FREE },
      deploy: {
        exempt: "the bootstrap stack creates CI's own identity, and an operator with other permissions applies it",
      },
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_iam_policy: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: { exempt: CONNECTS_TWO },
      leftovers: {
        noun: "policy",
        service: "iam",
        action: "ListPolicies",
        version: API,
        fields: { Scope: "Local" },
        element: "PolicyName",
      },
      cost: { exempt: FREE },
      deploy: {
        exempt: "the bootstrap stack creates CI's own permissions, and an operator with others applies it",
      },
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_iam_role: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: "assertion",
      leftovers: {
        noun: "role",
        service: "iam",
        action: "ListRoles",
        version: API,
        element: "RoleName",
        only: /^(?!AWSServiceRoleFor)/,
      },
      cost: { exempt: FREE },
      deploy: ["iam:CreateRole", "iam:DeleteRole"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_iam_role_policy: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: "assertion",
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_iam_role_policy_attachment: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: { exempt: CONNECTS_TWO },
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: FREE },
      deploy: { exempt: OPERATOR_APPLIES },
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
