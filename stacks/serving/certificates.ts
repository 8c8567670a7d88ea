import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { DomainCertificate } from "../../constructs/edge/domain-certificate.ts";
import type { Environment } from "../../settings/environment.ts";

/** @returns ARN of the certificate of the API's domain; `undefined` where none is configured */
export function domainCertificate(scope: Construct, domain: Environment["api"]["domain"]): string | undefined {
  if (!domain) return undefined;
  return new DomainCertificate(scope, "Certificate", { domainName: domain.name, hostedZoneId: domain.hostedZoneId })
    .arn;
}

/** The certificate of the HTTPS listener where the API has no domain. @returns the variable's value */
export function certificateVariable(scope: Construct): string {
  const variable = new TerraformVariable(scope, "certificate_arn", {
    type: "string",
    nullable: false,
    description:
      "ACM certificate of the load balancer's HTTPS listener, in this region. Its name is the edge stack's certificate_domain.",
    validation: [
      {
        condition: `\${can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$", var.certificate_arn))}`,
        errorMessage:
          "certificate_arn must be the ARN of an ACM certificate: arn:aws:acm:<region>:<account>:certificate/<id>.",
      },
    ],
  });
  return variable.stringValue;
}
