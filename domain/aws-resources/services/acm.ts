import type { AwsService } from "../rows/aws-resource-type.ts";
import { FREE, NO_APPLIED_ENVIRONMENT, NO_TLS, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

export const ACM = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/certificate-manager/pricing/",
  },
  types: {
    aws_acm_certificate: {
      twin: { exempt: NO_TLS },
      applyTest: { exempt: NO_APPLIED_ENVIRONMENT },
      leftovers: { exempt: NO_APPLIED_ENVIRONMENT },
      cost: { exempt: FREE },
      deploy: ["acm:RequestCertificate", "acm:DeleteCertificate"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_acm_certificate_validation: {
      twin: { exempt: NO_TLS },
      applyTest: { exempt: NO_APPLIED_ENVIRONMENT },
      leftovers: { exempt: NO_APPLIED_ENVIRONMENT },
      cost: { exempt: FREE },
      deploy: ["acm:DescribeCertificate"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
